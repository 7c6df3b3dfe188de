package main

// categories are what the catalogue is divided into. A shelf's name is one reader's word, and
// one alone is weak evidence (it puts Harry Potter into Mystery and Twilight into Science
// fiction); where several names of a list fit, they bear each other out.
//
// After a change, look at the ten most read books of each category in
// ../testdata/categories.golden: a reader must find nothing odd among them.
var categories = []category{
	{
		name: "Mystery",
		need: 5,
		shelves: `
			adult-mystery british-mystery classic-mystery cozy-mystery crime-and-mystery
			crime-detective crime-mystery detective detective-fiction detective-mystery
			detective-stories detectives female-detective fiction-mystery forensic-mystery
			genre-mystery historical-mysteries historical-mystery murder-mystery mystery
			mystery-and-crime mystery-cozy mystery-crime mystery-detective mystery-historical
			mystery-series scandinavian-mystery to-read-mystery
		`,
		against: `
			horror-suspense horror-thriller legal-thriller legal-thrillers magic military-thriller
			spy-thriller spy-thrillers techno-thriller
		`,
	},
	{
		name: "Thriller",
		need: 5,
		shelves: `
			action-suspense action-thriller adventure-thriller crime-thriller crime-thrillers
			fiction-thriller legal-thriller legal-thrillers medical-thriller mysteries-thrillers
			mystery-suspense-thriller mystery-thriller mystery-thriller-suspense mystery-thrillers
			psychological-suspense psychological-thriller psychological-thrillers suspense
			suspense-thriller techno-thriller thriller thriller-crime thriller-mystery
			thriller-suspense thrillers
		`,
	},
	{
		name: "Spy and political thrillers",
		need: 3,
		shelves: `
			action-thriller cold-war military-thriller political-thriller political-thrillers
			spy-fiction spy-thriller spy-thrillers
		`,
	},
	{
		name: "Science fiction",
		need: 3,
		shelves: `
			aliens classic-sci-fi cyberpunk fiction-sci-fi hard-sci-fi hard-science-fiction
			military-sci-fi military-science-fiction military-scifi military-sf read-sci-fi sci-fi
			sci-fi-to-read science-fiction sciencefiction scifi space space-travel
			speculative-fiction to-read-sci-fi to-read-scifi ya-dystopia ya-sci-fi
		`,
		against: `
			dragon dragons fairy-tales fantasy-epic fantasy-fiction fantasy-magic
			fantasy-paranormal fiction-fantasy fiction-historical genre-fantasy ghosts
			greek-mythology historical-novel historical-romance horror-supernatural magic magical
			modern-fantasy paranormal-fantasy paranormal-romance techno-thriller to-read-fantasy
			vampire-fiction vampire-romance witch witchcraft witches wizards ya-paranormal
		`,
	},
	{
		name: "Fantasy",
		need: 4,
		shelves: `
			adult-fantasy children-s-fantasy childrens-fantasy classic-fantasy comic-fantasy
			contemporary-fantasy dragon dragons dungeons-and-dragons fantasy fantasy-adventure
			fantasy-books fantasy-epic fantasy-fiction fantasy-high fantasy-magic fantasy-read
			fantasy-romance fantasy-sci-fi fantasy-series fantasy-to-read fantasy-urban
			favorite-fantasy fiction-fantasy genre-fantasy good-fantasy gritty-fantasy
			heroic-fantasy historical-fantasy low-fantasy magic magical medieval-fantasy
			military-fantasy modern-fantasy mythology read-fantasy teen-fantasy to-read-fantasy
			witches-wizards wizards ya-fantasy young-adult-fantasy
		`,
		against: `
			aliens non-fiction nonfiction space
		`,
	},
	{
		name: "Paranormal",
		need: 3,
		shelves: `
			contemporary-fantasy fantasy-paranormal fantasy-romance fantasy-urban
			horror-supernatural para-romance paranormal-fantasy paranormal-fiction
			paranormal-romance paranormal-ya romance-paranormal supernatural-romance
			vaginal-fantasy vampire-fiction vampire-romance ya-paranormal ya-paranormal-romance
			young-adult-paranormal
		`,
	},
	{
		name: "Horror",
		need: 4,
		shelves: `
			creepy fiction-horror ghost ghost-stories ghosts gothic-horror horror horror-fiction
			horror-supernatural horror-suspense horror-thriller mystery-thriller-horror
			suspense-horror thriller-horror to-read-horror
		`,
		against: `
			children childrens middle-grade
		`,
	},
	{
		name: "Romance",
		need: 3,
		shelves: `
			adult-romance chick-lit-romance clean-romance college-romance contemp-romance
			contemporary-romance dark-romance erotic-romance erotica-romance fiction-romance
			genre-romance high-school-romance love-story modern-romance new-adult-romance
			office-romance romance romance-contemporary romance-erotica romance-novels
			romance-suspense romances romantic-suspense second-chance-romance sports-romance
			suspense-romance teen-romance ya-romance young-adult-romance
		`,
	},
	{
		name: "Historical romance",
		need: 3,
		shelves: `
			historic-romance historical-romance historical-romances regency-romance
			romance-historical romance-regency
		`,
	},
	{
		name: "Historical fiction",
		need: 4,
		shelves: `
			fiction-historical historic-fiction historical historical-fic historical-fiction
			historical-fiction-to-read historical-novel historical-novels historicalfiction
			history history-fiction to-read-historical-fiction ya-historical-fiction
		`,
		against: `
			history-non-fiction
		`,
	},
	{
		name: "Women's fiction",
		need: 3,
		shelves: `
			chick-lit-romance contemporary-fiction women-s-fiction womens-fiction
		`,
		against: `
			historical historical-fiction magic thriller
		`,
	},
	{
		name:  "Contemporary fiction",
		broad: true,
		need:  4,
		shelves: `
			a-fiction contemporary contemporary-fiction contemporary-lit contemporary-literature
			contemporary-realistic-fiction fiction-contemporary fiction-general general-fiction
			literary-fiction modern-fiction pop-fiction popular-fiction realistic-fiction
		`,
		against: `
			children classic-fiction classic-literature classics-read classics-to-read
			crime-thriller fantasy-sci-fi fiction-historical historic-fiction historical-novel
			memoir memoirs mystery-crime nonfiction sci-fi-fantasy science-fiction
			suspense-thriller the-classics thriller-suspense thrillers ya-books ya-lit
		`,
	},
	{
		name:  "Literary fiction",
		broad: true,
		need:  5,
		shelves: `
			20th-century-fiction 20th-century-literature american-fiction american-literature
			award-winner award-winners award-winning british-fiction british-literature
			canadian-literature contemporary-lit contemporary-literature english-literature
			fiction-literature irish-literature literary-fiction literature literature-fiction
			magic-realism magical-realism metafiction modern-classics modern-fiction
			modern-literature national-book-award pulitzer-fiction pulitzer-prize-fiction
			southern-literature transgressive-fiction world-literature
		`,
		against: `
			children childrens classic-fiction classics-to-read fantasy-sci-fi nonfiction
			sci-fi-fantasy science-fiction science-fiction-fantasy the-classics thrillers
			to-read-classics ya-lit
		`,
	},
	{
		name: "Classics",
		need: 4,
		shelves: `
			19th-century-literature 20th-century-literature american-classics childhood-classics
			children-s-classics childrens-classics classic-fiction classic-literature
			classical-literature classics classics-read classics-to-read english-classics
			fiction-classics modern-classics penguin-classics russian-classics the-classics
			to-read-classics victorian-literature
		`,
	},
	{
		name:  "Young adult",
		broad: true,
		need:  6,
		shelves: `
			children-ya children-young-adult teen teen-books teen-fiction teen-lit teen-reads
			teen-romance teenlit teens to-read-ya ya ya-books ya-contemporary ya-dystopia
			ya-fantasy ya-fiction ya-historical-fiction ya-lit ya-novels ya-paranormal
			ya-realistic-fiction ya-romance ya-series ya-to-read young-adult young-adult-books
			young-adult-fantasy young-adult-fiction young-adult-lit young-adult-literature
			young-adult-paranormal young-adult-romance young-adults youth-fiction
		`,
	},
	{
		name: "Children's books",
		need: 6,
		shelves: `
			books-for-children children children-books children-fiction children-read children-s
			children-s-book children-s-books children-s-books-read children-s-chapter-books
			children-s-classics children-s-fiction children-s-lit children-s-literature childrens
			childrens-book childrens-books childrens-chapter-books childrens-classics
			childrens-fiction childrens-lit childrens-literature childrens-read childrensbooks
			favorite-children-s-books favorite-childrens-books for-children junior-fiction
			juvenile-fiction kids-fiction middle-grade middle-grade-fiction middle-grades
			read-children-s-books read-childrens young-children
		`,
	},
	{
		name: "Picture books",
		need: 3,
		shelves: `
			caldecott-award children-picture-books children-s-books children-s-picture-books
			childrens-picture-books young-children
		`,
	},
	{
		name: "Comics and graphic novels",
		need: 5,
		shelves: `
			comic-books-graphic-novels comic-graphic-novel comics comics-and-graphic-novels
			comics-dc comics-graphic-novel comics-graphic-novels comics-i-own comics-read
			comics-to-read dc-comics favorite-comics graphic-novel graphic-novel-comic
			graphic-novel-comics graphic-novels graphic-novels-and-comics
			graphic-novels-comic-books graphic-novels-comics graphic-novels-read
			graphic-novels-to-read image-comics owned-comics read-comics read-graphic-novels
			superhero-comics to-read-comics to-read-graphic-novels vertigo-comics
		`,
	},
	{
		name: "Manga",
		need: 4,
		shelves: `
			anime-manga favorite-manga manga-anime manga-books manga-collection manga-i-own
			manga-i-ve-read manga-manhwa manga-manhwa-manhua manga-owned manga-read manga-romance
			manga-series manga-shojo manga-shoujo manga-to-read mangas mangas-comics mangas-read
			my-manga owned-manga read-manga read-mangas shojo-manga shonen-manga shoujo-manga
			to-read-manga
		`,
	},
	{
		name: "Biography and memoir",
		need: 4,
		shelves: `
			auto-biography autobiography autobiography-biography autobiography-memoir bio-memoir
			biographies-and-memoirs biographies-memoirs biography biography-and-memoir
			biography-autobiography biography-autobiography-memoir biography-memoir
			biography-memoirs bios-memoirs memoir memoir-and-biography memoir-autobiography
			memoir-bio memoir-biography memoirs memoirs-and-biographies memoirs-biographies
			to-read-biography
		`,
	},
	{
		name: "History",
		need: 3,
		shelves: `
			american-history ancient-history british-history english-history european-history
			general-history historical-non-fiction historical-nonfiction history-american
			history-biography history-books history-non-fiction history-nonfiction
			history-politics history-to-read microhistory military-history non-fiction-history
			nonfiction-history to-read-history u-s-history us-history world-history
		`,
	},
	{
		name: "War",
		need: 4,
		shelves: `
			civil-war military military-fiction military-history military-war war war-military
			warfare wars world-war-2 world-war-ii world-war-ll world-war-two
		`,
		against: `
			fantasy magic mystery romance sci-fi thriller
		`,
	},
	{
		name: "Philosophy and religion",
		need: 3,
		shelves: `
			philosophy philosophy-and-religion philosophy-psychology philosophy-religion
			philosophy-theory philosophy-to-read political-philosophy religion-philosophy
			to-read-philosophy
		`,
	},
	{
		name: "Psychology",
		need: 3,
		shelves: `
			behavioral-economics philosophy-psychology psychology psychology-books
			psychology-self-help psychology-sociology social-psychology to-read-psychology
		`,
	},
	{
		name: "Self-help",
		// Of the shelf psychology-self-help, what helps; and the tutorial's three.
		books: []int64{
			247,  // The 7 Habits of Highly Effective People
			260,  // How to Win Friends and Influence People
			472,  // Man's Search for Meaning
			385,  // Quiet
			573,  // Men Are from Mars, Women Are from Venus
			790,  // The Four Agreements
			1303, // The Road Less Traveled
			1330, // Don't Sweat the Small Stuff ... and it's all small stuff
			1507, // The Power of Positive Thinking
			1601, // Emotional Intelligence
			1865, // You Can Heal Your Life
			2036, // The Gifts of Imperfection
			2946, // Flow
			3059, // Mindset
			3196, // Chicken Soup for the Soul
			3674, // The Power of Intention
			4191, // The Power of Your Subconscious Mind
			4252, // Anatomy of the Spirit
			4702, // Unlimited Power
			4894, // Creative Visualization
			5005, // Feeling Good
			5008, // Codependent No More
			5640, // Rising Strong
			5831, // The Definitive Book of Body Language
			5995, // The Dance Of Anger
			6258, // I'm OK, You're OK
			6426, // Loving What Is
			6605, // The Introvert Advantage
			7341, // Learned Optimism
			7686, // Self Matters
			7967, // What Every Body is Saying
			8865, // Women Who Love Too Much
		},
	},
	{
		name: "Business and economics",
		need: 3,
		shelves: `
			behavioral-economics business-economics economics economics-business economics-finance
			politics-economics
		`,
	},
	{
		name: "Poetry and plays",
		need: 3,
		shelves: `
			poetry poetry-and-plays poetry-plays poetry-to-read to-read-poetry
		`,
	},
	{
		name: "Christian books",
		need: 3,
		shelves: `
			christian-classics christian-fiction christian-literature christian-non-fiction
			christian-nonfiction christian-romance christianfiction fiction-christian
			inspirational-fiction religious-fiction
		`,
	},
	{
		name: "Myths and fairy tales",
		need: 3,
		shelves: `
			fairy-tales folklore greek-mythology mythology traditional-literature
		`,
	},
	{
		name: "World literature",
		need: 3,
		shelves: `
			arabic-fiction arabic-literature asian-literature european-literature
			french-literature german-literature indian-fiction indian-literature irish-literature
			j-fiction japanese-fiction japanese-literature latin-american-literature
			literature russian-classics russian-literature scandinavian-literature
			spanish-literature world-literature
		`,
	},
	{
		name:  "Nonfiction",
		broad: true,
		need:  3,
		shelves: `
			adult-non-fiction adult-nonfiction general-non-fiction general-nonfiction
			narrative-nonfiction non-fiction non-fiction-science non-fiction-to-read nonfiction
			nonfiction-science nonfiction-to-read other-non-fiction read-non-fiction
			to-read-non-fiction to-read-nonfiction
		`,
		against: `
			adult-fiction comics contemporary-fiction fantasy general-fiction historical-fiction
			literary-fiction
		`,
	},
	{
		name: "Science",
		need: 4,
		shelves: `
			natural-history non-fiction non-fiction-science nonfiction nonfiction-science
		`,
	},
}
