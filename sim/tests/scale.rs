//! What a decision costs does not depend on how many others there are to decide about.

use supervisor_sim::scale::{Cost, costs};

fn effects_for_each_input(cost: &Cost) -> (u64, u64) {
    (cost.effects, cost.inputs)
}

/// Looking at everybody in each turn of a shutdown would take this test minutes.
#[test]
fn among_a_hundred_thousand_the_core_does_no_more_about_one_than_among_ten() {
    let (few, many) = (costs(10), costs(100_000));
    let mut compared = 0;
    for (few, many) in few.iter().zip(&many) {
        let ((a, b), (c, d)) = (effects_for_each_input(few), effects_for_each_input(many));
        if many.inputs > 1000 && few.what != "start everything" {
            compared += 1;
            // A tenth more for what is said once of all together.
            assert!(10 * c * b <= 11 * a * d, "{few}\n{many}");
        }
    }
    assert!(compared >= 4, "{many:?}");
    assert!(many[0].inputs > 100_000, "{many:?}");
}
