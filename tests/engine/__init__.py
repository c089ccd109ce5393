"""The engine on fakes, a real store and a clock in the hand."""
