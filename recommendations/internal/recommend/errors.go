package recommend

import "errors"

// What can go wrong. Errors of other kinds are failures of the service.
var (
	ErrCategoryNotFound = errors.New("category not found")
	ErrBookNotFound     = errors.New("book not found")
	ErrNoBooks          = errors.New("the catalogue has no books")
	// ErrStarting is a question that came before the books were read.
	ErrStarting = errors.New("the books are not read yet")
	// ErrUnavailable is a store that cannot be reached now. A write that ends with it may have
	// happened, and may be tried again.
	ErrUnavailable = errors.New("the store cannot be reached")
	// ErrStorageFull is a store without space for more. Nothing was written.
	ErrStorageFull = errors.New("the store has no space left")
)
