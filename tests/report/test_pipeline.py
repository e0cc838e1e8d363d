import matplotlib.pyplot as plt

from delaysnn.report.pipeline import depths, draw_pipeline, read_rulegraph, rooms_of_rules, without_shortcuts

DOT = """digraph snakemake_dag {
    node[shape=box];
\t0[label = "all", color = "0.00 0.6 0.85", style="rounded"];
\t1[label = "train_network", color = "0.1 0.6 0.85"];
\t2[label = "bin_spikes\\nsplit: test", color = "0.2 0.6 0.85"];
\t1 -> 0
\t2 -> 1
\t2 -> 0
}"""
EDGES = [("bin", "train"), ("train", "prune"), ("bin", "prune"), ("lava", "deploy"), ("prune", "deploy")]


def test_rulegraph_is_read():
    assert read_rulegraph(DOT) == [("train_network", "all"), ("bin_spikes", "train_network"), ("bin_spikes", "all")]


def test_a_rule_belongs_to_the_file_it_is_written_in():
    files = {"data": "rule data:\n    input: 1\n\nrule bin_spikes:\n", "paper": "    rule no:\nrule table_area:\n"}
    assert rooms_of_rules(files) == {"bin_spikes": "data", "table_area": "paper"}


def test_depth_counts_what_must_run_before_and_starts_late():
    assert depths(EDGES) == {"bin": 0, "train": 1, "prune": 2, "deploy": 3, "lava": 2}


def test_an_edge_that_a_longer_way_says_is_dropped():
    assert without_shortcuts(EDGES) == [edge for edge in EDGES if edge != ("bin", "prune")]


def test_every_rule_of_a_room_is_drawn_and_no_other():
    rooms = {"bin": "data", "train": "training", "prune": "training"}
    figure = draw_pipeline(EDGES, rooms)
    texts = [text.get_text() for text in figure.axes[0].texts]
    plt.close(figure)
    assert sorted(texts) == ["bin", "data", "prune", "train", "training"]
    assert len(figure.axes[0].patches) == 2
