//! The size of the programs.

use std::fs;

use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::subject::Subject;
use crate::table::Row;

#[expect(clippy::cast_precision_loss)]
pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for program in ["supervisord", "supervisorctl"] {
        let mut row = Row::new(format!("size of `{program}`, static and stripped"), Unit::Mebibytes);
        row.add(Subject::Ours, fs::metadata(place.ours.join(program))?.len() as f64 / 1_048_576.0);
        rows.push(row);
    }
    Ok(rows)
}
