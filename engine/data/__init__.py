"""From a data set's name, or a table, to the arrays that each replicate trains on."""
