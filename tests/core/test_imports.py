"""What a script imports is hashed by its meaning."""

from delaysnn.core.imports import code_of

CODE = '''
class Section:
    key: int
    """EXPLANATION"""

    def value(self):
        """EXPLANATION"""  # EXPLANATION
        return RESULT
'''


def test_explanations_change_no_hash_and_code_does(tmp_path):
    def hashed(explanation, result):
        path = tmp_path / f"{explanation}{result}" / "script.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CODE.replace("EXPLANATION", explanation).replace("RESULT", result))
        return code_of(path)

    assert hashed("one", "1") == hashed("another", "1") != hashed("one", "2")
