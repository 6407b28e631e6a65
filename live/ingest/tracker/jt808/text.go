package jt808

import (
	"strings"
	"unicode/utf8"

	"citygrid/live/ingest/tracker"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// words reads n bytes of text up to the first zero byte. The standard's text
// is GBK; makers abroad write ASCII or UTF-8, which GBK's bytes seldom are.
func words(r *tracker.Reader, n int) string {
	b := r.Bytes(n)
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	if utf8.Valid(b) {
		return strings.TrimSpace(string(b))
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		out = b
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(out), "\uFFFD"))
}
