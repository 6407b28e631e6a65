package grid

import (
	"errors"
	"fmt"
	"strings"
)

// ErrCode says that a unit grid's code breaks its scheme. Match with errors.Is.
var ErrCode = errors.New("code breaks its scheme")

// A CodeScheme is how codes of unit grids are made: the code of a community and a
// sequence number within it, from 1.
type CodeScheme struct {
	Name     string
	Prefix   int // digits of the community's code; 0 = any text
	Sequence int // digits of the number
}

// The schemes. Of the 15 digits of DB11/T 2157-2023, 6 are the county, 3 the
// street, 3 the community; of the 20 of CJ/T 349-2010, 18 name the community.
var (
	Code15   = CodeScheme{"15", 12, 3}
	Code20   = CodeScheme{"20", 18, 2}
	CodeFree = CodeScheme{"free", 0, 5}
)

// A Coder gives out codes, each once. The zero value is not ready; use NewCoder.
type Coder struct {
	scheme CodeScheme
	last   map[string]int // by prefix
	taken  map[string]bool
}

// NewCoder makes a coder that never gives out one of the codes that were given
// before, in use or retired.
func NewCoder(scheme CodeScheme, given []string) *Coder {
	c := &Coder{scheme: scheme, last: map[string]int{}, taken: map[string]bool{}}
	for _, code := range given {
		c.taken[code] = true
	}
	return c
}

// Next is the next free code of a community. The error is ErrCode: a community's
// code that the scheme has no room for, or no numbers left.
func (c *Coder) Next(prefix string) (string, error) {
	if err := c.scheme.check(prefix, c.scheme.Prefix); err != nil {
		return "", err
	}
	most := 1
	for range c.scheme.Sequence {
		most *= 10
	}
	for {
		c.last[prefix]++
		if c.last[prefix] >= most {
			return "", fmt.Errorf("%w: community %q has more than %d unit grids, codes of %s digits have no more numbers: cut larger ones, or give communities",
				ErrCode, prefix, most-1, c.scheme.Name)
		}
		code := fmt.Sprintf("%s%0*d", prefix, c.scheme.Sequence, c.last[prefix])
		if !c.taken[code] {
			c.taken[code] = true
			return code, nil
		}
	}
}

// check says whether a text has the digits that the scheme wants.
func (s CodeScheme) check(text string, digits int) error {
	if s.Prefix == 0 {
		if !Printable(text) || len(text) > maxCode-s.Sequence {
			return fmt.Errorf("%w: %q is not at most %d printable characters", ErrCode, text, maxCode-s.Sequence)
		}
		return nil
	}
	if len(text) != digits || strings.Trim(text, "0123456789") != "" {
		return fmt.Errorf("%w: %q is not %d digits", ErrCode, text, digits)
	}
	return nil
}

// Split takes a code apart: the community's code and the number. The error is
// ErrCode.
func (s CodeScheme) Split(code string) (prefix string, number int, err error) {
	if err := s.check(code, s.Prefix+s.Sequence); err != nil {
		return "", 0, err
	}
	if len(code) < s.Sequence {
		return "", 0, fmt.Errorf("%w: %q is too short", ErrCode, code)
	}
	prefix = code[:len(code)-s.Sequence]
	for _, d := range code[len(prefix):] {
		if d < '0' || d > '9' {
			return "", 0, fmt.Errorf("%w: %q does not end in %d digits", ErrCode, code, s.Sequence)
		}
		number = number*10 + int(d-'0')
	}
	if number == 0 {
		return "", 0, fmt.Errorf("%w: %q has the number 0, they count from 1", ErrCode, code)
	}
	return prefix, number, nil
}
