import pytest

from delaysnn.paper.answers import answer

CARD = {"words": 2000, "voices": 50, "spikes_per_word": 6100.4}


@pytest.fixture
def sentences(tables):
    parts = {"shown": "48", "axonal": "48ax", "baseline": "48nodelay"}
    return answer(tables, "spoken_digits", CARD, parts)


def test_the_data_set_comes_first_and_is_no_shd(sentences):
    assert "spoken digits, 2,000 words by 50 voices" in sentences[0]
    assert "brackets, are on SHD" in sentences[0]


def test_what_scdq_saves_is_answered_with_the_papers_saving(sentences, tables):
    assert "What does SCDQ save?" in sentences[1]
    assert "44 against 176 µJ, 75 % less [paper: 71 % less]" in sentences[1]
    assert "4 against 16 ms, 75 % less [paper: 77 % less]" in sentences[1]
    assert "with nothing fitted: 22 against 88 µJ, 75 % less." in sentences[1]
    energy = tables["energy"]
    alone = answer(tables | {"energy": energy[energy["how"] == "counted"]}, "shd", CARD, {"shown": "48"})[1]
    assert "22 against 88 µJ" in alone and "by constants alone" in alone and "fitted" not in alone


def test_delays_loihi_axons_and_bits_are_answered(sentences):
    text = " ".join(sentences)
    assert "86.0 ± 1.2 % of the test words [paper: 87 %]; without delays, equally wide, on 75.0 ± 1.0 %" in text
    assert "90,000 spikes of all networks in Lava (simulation), 0 differ" in text
    assert "energy 25 % less, in the queue 25 % less, accuracy 84.0 ± 1.0 % instead of 86.0 ± 1.2 %" in text
    assert "2 bits 70.0 %, 8 bits 85.5 %" in text


def test_parts_the_configuration_lacks_are_left_out(tables):
    text = " ".join(answer(tables, "shd", CARD, {"shown": "48"}))
    assert "without delays" not in text and "axons" not in text and "brackets" not in text


def test_voices_are_counted_only_where_they_are_known(tables):
    text = answer(tables, "my_words", CARD | {"voices": None}, {"shown": "48"})[0]
    assert "my words, 2,000 words, 6,100 spikes a word" in text and "voices" not in text
