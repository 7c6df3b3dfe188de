package goodbooks_test

import "testing"

// The titles are the file's: one of each shape.
func TestTitle(t *testing.T) {
	for _, test := range []struct {
		column, title, series string
		position              float64
	}{
		{"The Hunger Games (The Hunger Games, #1)", "The Hunger Games", "The Hunger Games", 1},
		{"Dune (Dune Chronicles #1)", "Dune", "Dune Chronicles", 1},
		{"Twelve Sharp (Stephanie Plum, #12)", "Twelve Sharp", "Stephanie Plum", 12},
		{"Hush, Hush (Hush, Hush, #1)", "Hush, Hush", "Hush, Hush", 1},
		{"Angels & Demons  (Robert Langdon, #1)", "Angels & Demons", "Robert Langdon", 1},
		{" Angels (Walsh Family, #3)", "Angels", "Walsh Family", 3},
		{"Sabriel (Abhorsen,  #1)", "Sabriel", "Abhorsen", 1},
		{"Judy Moody (Judy Moody, # 1)", "Judy Moody", "Judy Moody", 1},
		{"Day by Day Armageddon (Day by Day Armageddon,#1)", "Day by Day Armageddon", "Day by Day Armageddon", 1},
		{"One Thousand White Women: The Journals of May Dodd (One Thousand White Women#1)", "One Thousand White Women: The Journals of May Dodd", "One Thousand White Women", 1},
		{"The Oresteia  (Ορέστεια, #1-3)", "The Oresteia", "Ορέστεια", 1},
		{"キスよりも早く1 [Kisu Yorimo Hayaku 1] (Faster than a Kiss #1)", "キスよりも早く1 [Kisu Yorimo Hayaku 1]", "Faster than a Kiss", 1},

		// Numbers between the numbers, none, and the ends of the scale.
		{"The Kill Order (Maze Runner, #0.5)", "The Kill Order", "Maze Runner", 0.5},
		{"Again the Magic (Wallflowers, #0)", "Again the Magic", "Wallflowers", 0},
		{"Second Son (Jack Reacher, #15.5)", "Second Son", "Jack Reacher", 15.5},

		// Several books in one: the first number counts.
		{"The Lord of the Rings (The Lord of the Rings, #1-3)", "The Lord of the Rings", "The Lord of the Rings", 1},
		{"Janet Evanovich Three and Four Two-Book Set (Stephanie Plum, #3-4)", "Janet Evanovich Three and Four Two-Book Set", "Stephanie Plum", 3},
		{"The Oedipus Cycle: Oedipus Rex/Oedipus at Colonus/Antigone (The Theban Plays, #1–3)", "The Oedipus Cycle: Oedipus Rex/Oedipus at Colonus/Antigone", "The Theban Plays", 1},
		{"Four: A Divergent Story Collection (Divergent, #0.1 - 0.4)", "Four: A Divergent Story Collection", "Divergent", 0.1},
		{"The Twilight Saga Complete Collection  (Twilight, #1-4 + 3.5)", "The Twilight Saga Complete Collection", "Twilight", 1},
		{"A Touch of Dead (Sookie Stackhouse, #4.1, #4.3, #5.1, #7.1, #8.1)", "A Touch of Dead", "Sookie Stackhouse", 4.1},
		{"Happily Ever After (The Selection, #0.4, 0.5, 2.5, 2.6)", "Happily Ever After", "The Selection", 0.4},
		{"The Wheel of Time: Boxed Set #1 (Wheel of Time, #1-3)", "The Wheel of Time: Boxed Set #1", "Wheel of Time", 1},

		// Parts of a book.
		{"Harry Potter and the Order of the Phoenix (Harry Potter, #5, Part 1)", "Harry Potter and the Order of the Phoenix", "Harry Potter", 5},
		{"A Storm of Swords: Blood and Gold (A Song of Ice and Fire, #3: Part 2 of 2)", "A Storm of Swords: Blood and Gold", "A Song of Ice and Fire", 3},
		{"To Green Angel Tower, Part 2 (Memory, Sorrow, and Thorn, #3; Part 2)", "To Green Angel Tower, Part 2", "Memory, Sorrow, and Thorn", 3},
		{"The Fifth Dominion (Imajica Part #1/2)", "The Fifth Dominion", "Imajica", 1},

		// Several series: the first counts.
		{"The Color of Magic (Discworld, #1; Rincewind #1)", "The Color of Magic", "Discworld", 1},
		{"The Lincoln Lawyer (Mickey Haller, #1; Harry Bosch Universe, #16)", "The Lincoln Lawyer", "Mickey Haller", 1},
		{"Night Play (Dark-Hunter #5, Were-Hunter #1)", "Night Play", "Dark-Hunter", 5},
		{"Raising Steam (Discworld, #40, Moist von Lipwig #3 )", "Raising Steam", "Discworld", 40},
		{"Deep Kiss of Winter (Includes: Immortals After Dark, #8; Alien Huntress, #3.5)", "Deep Kiss of Winter", "Immortals After Dark", 8},
		{"Homeland (Forgotten Realms: The Dark Elf Trilogy, #1; Legend of Drizzt, #1)", "Homeland", "Forgotten Realms: The Dark Elf Trilogy", 1},

		// Parentheses in parentheses.
		{"Ranma ½, Vol. 1 (Ranma ½ (US 2nd), #1)", "Ranma ½, Vol. 1", "Ranma ½ (US 2nd)", 1},

		// Parentheses, and what else looks like a series, that are none.
		{"The Firm (Penguin Readers, Level 5)", "The Firm (Penguin Readers, Level 5)", "", 0},
		{"Is Everyone Hanging Out Without Me? (And Other Concerns)", "Is Everyone Hanging Out Without Me? (And Other Concerns)", "", 0},
		{"Nickel and Dimed: On (Not) Getting By in America", "Nickel and Dimed: On (Not) Getting By in America", "", 0},
		{"Peter Pan (A Little Golden Book)", "Peter Pan (A Little Golden Book)", "", 0},
		{"Sleeping Beauty (Disney Princess, 5)", "Sleeping Beauty (Disney Princess, 5)", "", 0},
		{"A Kiss for Little Bear (An I Can Read Book) by Minarik, Else Holmelund [1984]", "A Kiss for Little Bear (An I Can Read Book) by Minarik, Else Holmelund [1984]", "", 0},
		{"Batman: The Dark Knight Returns #1", "Batman: The Dark Knight Returns #1", "", 0},
		{"#GIRLBOSS", "#GIRLBOSS", "", 0},
		{"The Princess Bride ", "The Princess Bride", "", 0},

		// Not in the file, and nothing to lose a title over.
		{"(Dune, #1)", "(Dune, #1)", "", 0},
		{"Dune (#1)", "Dune (#1)", "", 0},
		{"Dune (Dune, #one)", "Dune (Dune, #one)", "", 0},
		{"Dune Dune, #1)", "Dune Dune, #1)", "", 0},
		{"", "", "", 0},
	} {
		got := book(t, "title", test.column)
		if got.Title != test.title || got.Series != test.series {
			t.Errorf("%q: got %q of %q, want %q of %q", test.column, got.Title, got.Series, test.title, test.series)
		}
		switch {
		case (got.SeriesPosition != nil) != (test.series != ""):
			t.Errorf("%q: series %q with position %v", test.column, got.Series, got.SeriesPosition)
		case got.SeriesPosition != nil && *got.SeriesPosition != test.position:
			t.Errorf("%q: got position %v, want %v", test.column, *got.SeriesPosition, test.position)
		}
	}
}
