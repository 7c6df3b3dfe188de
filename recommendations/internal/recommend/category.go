package recommend

// The categories that the tutorial's contract can name, by slug.
const (
	Mystery        = "mystery"
	ScienceFiction = "science-fiction"
	SelfHelp       = "self-help"
)

// A Category is a part of the catalogue. Requests name it by its slug, people by its name; two
// names with one slug are one category.
type Category struct {
	Slug string
	Name string
}

// NewCategory returns the category of a name: "Science Fiction" is science-fiction.
func NewCategory(name string) Category { return Category{Slug(name), name} }

// MarshalText writes the name down, which the slug follows from.
func (c Category) MarshalText() ([]byte, error) { return []byte(c.Name), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *Category) UnmarshalText(text []byte) error {
	*c = NewCategory(string(text))
	return nil
}
