include: "workflow/Snakefile"


# An included rule is never the default on its own.
workflow.default_target = "all"
