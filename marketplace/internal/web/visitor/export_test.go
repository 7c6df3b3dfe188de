package visitor

// Draw draws a reader's id from other randomness than the system's.
var Draw = draw
