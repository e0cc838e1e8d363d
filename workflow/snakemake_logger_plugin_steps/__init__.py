"""A logger plugin of Snakemake, which finds it by its name: one line a step that matters (profiles/default)."""

import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase

# Messages without an event that say nothing to whoever waits; the log of Snakemake itself has them.
_NOISE = (
    "Assuming unrestricted shared filesystem", "Building DAG of jobs", "Complete log", "Config file ", "Elapsed time",
    "Execute ", "Finished jobid", "Provided ", "Rules claiming more threads", "Select jobs to execute",
    "Singularity containers", "Using profile", "Using shell", "Using workflow specific profile", "host:",
)  # fmt: skip


class LogHandler(LogHandlerBase):
    """Writes lines of :mod:`delaysnn.terminal`; a dry run, and one with --verbose or --debug-dag, as Snakemake does."""

    def __post_init__(self) -> None:
        # Each command of Snakemake reads this module, and few need these.
        from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter

        from delaysnn.terminal.lines import Lines

        told = self.common_settings
        known = (told.quiet, told.debug_dag, told.verbose, told.dryrun, told.printshellcmds)
        self._theirs = ColorizingTextHandler(
            nocolor=told.nocolor,
            stream=sys.stdout if told.stdout else sys.stderr,
            formatter=DefaultFormatter(told.quiet, told.show_failed_logs),
        )
        self._wanted = DefaultFilter(*known)
        self._plain = told.dryrun or told.verbose or told.debug_dag
        self._lines = Lines()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._emit(record)
        except Exception:
            self.handleError(record)

    def _emit(self, record: logging.LogRecord) -> None:
        event, told = str(getattr(record, "event", None) or ""), record.__dict__
        if event == "shellcmd" and not told.get("shellcmd"):
            # It ends what Snakemake says of a job.
            if self._plain:
                self._theirs.stream.write("\n")
            return
        if not self._wanted.filter(record):
            return
        if self._plain:
            self._theirs.emit(record)
        elif event == "run_info":
            self._lines.begin({rule: int(count) for rule, count in told["stats"].items() if rule != "total"})
        elif event == "job_info":
            self._lines.start(told["jobid"], told["rule_name"], told["wildcards"] or {}, told["output"])
        elif event == "job_finished":
            self._lines.finish(told["job_id"])
        elif getattr(record, "said", False):
            self._lines.say(record.getMessage(), plain=True)
        elif record.levelno >= logging.WARNING or (not event and not self._is_noise(record)):
            self._theirs.emit(record)

    @staticmethod
    def _is_noise(record: logging.LogRecord) -> bool:
        text = str(record.msg or "")
        return not text.strip() or text.lstrip().startswith(_NOISE)

    def close(self) -> None:
        self._lines.end()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        return True

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return True

    @property
    def has_formatter(self) -> bool:
        return True

    @property
    def needs_rulegraph(self) -> bool:
        return False
