//! Black-box tests of the programs as people run them; they are in `it/`, this library is empty.
