// Package importrules holds the tests that keep the house in order: which package may know
// which, and that each says what it is for.
package importrules
