"""Long trials: run by `make trials`, their results written in `docs/trials.md`. Not part of the tests."""
