"""Hooks of MkDocs: pages lie on the site as in the repository, so that every link between them holds there, too."""

import re
from pathlib import Path

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
# Beside docs/: pages, and files that pages lead to.
SHOWN = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md"),
    *("LICENSE", "CITATION.cff", "config/published.yaml", "examples/quickstart.ipynb", "examples/stream_sample.py"),
)


def on_files(files, config):
    """Take pages and pictures by their place in the repository."""
    ours = {file.src_uri for file in files if file.src_dir == config.docs_dir}
    shown = [*SHOWN, *(f"docs/{name}" for name in sorted(ours))]
    own = [File(name, str(ROOT), config.site_dir, config.use_directory_urls) for name in shown]
    return Files([*own, *(file for file in files if file.src_uri not in ours)])


def on_page_markdown(markdown, page, config, files):
    """Lead to the repository, where it is known, for what is no page: its tests, its issues."""
    if not config.repo_url:
        return re.sub(r"\[?!?\[([^]]*)\]\(\.\./\.\./[^)]*\)(\]\(\.\./\.\./[^)]*\))?", r"\1", markdown)
    return markdown.replace("](../../", f"]({config.repo_url.rstrip('/')}/")
