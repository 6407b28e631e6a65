package grid

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable says whether a text is valid UTF-8 without control characters.
func Printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Limits of tags.
const (
	MaxTags = 20
	maxTag  = 40 // characters
)

// Tags takes a text apart that people wrote: tags parted by commas, semicolons or
// 、. They come back in order, each once.
func Tags(text string) []string {
	var out []string
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";,；，、", r) }) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckTags says what is wrong with tags; "" is nothing.
func CheckTags(tags []string) string {
	if len(tags) > MaxTags {
		return fmt.Sprintf("%d tags, the limit is %d", len(tags), MaxTags)
	}
	for i, one := range tags {
		switch {
		case one == "" || utf8.RuneCountInString(one) > maxTag || !Printable(one) || strings.TrimSpace(one) != one || strings.ContainsAny(one, ";,；，、"):
			return fmt.Sprintf("a tag must be 1 to %d printable characters without commas and semicolons", maxTag)
		case i > 0 && one <= tags[i-1]:
			return "tags must be ascending, each once"
		}
	}
	return ""
}
