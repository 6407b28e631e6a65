package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Limits of a file.
const (
	MaxFile   = 32 << 20 // bytes
	MaxRows   = 100_000
	MaxFaults = 500 // of one file; more are counted, not told
	maxCell   = 4_000
	maxHeader = 100 // columns
)

// A Fault is what is wrong with one line of a file.
type Fault struct {
	Line  int    `json:"line"`  // from 1, which is the header
	Field string `json:"field"` // the column, by the name that Write gives it; "" = the whole line
	What  string `json:"what"`
	Mend  string `json:"mend"`
}

// String is the fault as one line of text.
func (f Fault) String() string {
	s := fmt.Sprintf("line %d", f.Line)
	if f.Field != "" {
		s += ", " + f.Field
	}
	s += ": " + f.What
	if f.Mend != "" {
		s += ": " + f.Mend
	}
	return s
}

// A row is one line of a file, with the line it begins at.
type row struct {
	line  int
	cells []string
}

// readRows takes a file apart: UTF-8 with and without a byte order mark, UTF-16
// with one, or GB18030 (and so GBK and GB2312), which is what spreadsheets in
// China save; parted by commas, semicolons or tabs. Empty lines are passed over.
func readRows(r io.Reader) ([]row, *Fault) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, &Fault{1, "", "the file cannot be read: " + err.Error(), "send it again"}
	}
	if len(data) > MaxFile {
		return nil, &Fault{1, "", fmt.Sprintf("the file is larger than %d MiB", MaxFile>>20), "split it"}
	}
	text, fault := decode(data)
	if fault != nil {
		return nil, fault
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return nil, &Fault{1 + strings.Count(text[:i], "\n"), "", "this is not a text file", "save it as CSV"}
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = comma(text)
	in.FieldsPerRecord = -1
	in.ReuseRecord = false
	var rows []row
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			// Where a quoted text ends is anybody's guess from here on.
			return nil, &Fault{bad.StartLine, "", "a quotation mark is out of place", `put the whole text in "..." and write "" for one inside`}
		}
		if err != nil {
			return nil, &Fault{1, "", "the file cannot be read: " + err.Error(), "save it as CSV"}
		}
		line, _ := in.FieldPos(0)
		if blank(cells) {
			continue
		}
		if len(rows) > MaxRows {
			return nil, &Fault{line, "", fmt.Sprintf("there are more than %d lines", MaxRows), "split the file"}
		}
		rows = append(rows, row{line, cells})
	}
}

func decode(data []byte) (string, *Fault) {
	if rest, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		if !utf8.Valid(rest) {
			return "", &Fault{badLine(rest), "", "the file says it is UTF-8 and is not", "save it as CSV UTF-8"}
		}
		return string(rest), nil
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return "", &Fault{1, "", "the file says it is UTF-16 and is not", "save it as CSV UTF-8"}
		}
		return string(text), nil
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if i := bytes.IndexRune(text, utf8.RuneError); err != nil || i >= 0 {
		return "", &Fault{1 + bytes.Count(text[:max(i, 0)], []byte("\n")), "", "the letters are neither UTF-8 nor GB18030", "save it as CSV UTF-8"}
	}
	return string(text), nil
}

// badLine is the first line that is not UTF-8.
func badLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[size:]
	}
	return line
}

// comma is what parts the columns: what the first line has most of.
func comma(text string) rune {
	header, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(header, ",")
	for _, c := range []rune{';', '\t', '，'} {
		if n := strings.Count(header, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// formula: spreadsheets run a text that begins with one of these.
const formula = "=+-@'"

// Guarded is a text as a cell of a CSV file: what a spreadsheet would run as a formula
// has an apostrophe in front, as spreadsheets themselves mark text. It is read back
// without.
func Guarded(s string) string {
	if s != "" && strings.Contains(formula, s[:1]) && !number(s) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.Contains(formula, s[1:2]) {
		return s[1:]
	}
	return s
}

// number tells if s is a plain number, which no spreadsheet runs.
func number(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && digits[0] != '.'
}

// Lines says on which line each entry of a CSV file is; none when it is no such
// file. Whoever has rules of its own for what was read tells by it where they
// are broken.
func Lines(r io.Reader) []int {
	rows, _ := readRows(r)
	if len(rows) < 2 {
		return nil
	}
	lines := make([]int, len(rows)-1)
	for i, r := range rows[1:] {
		lines[i] = r.line
	}
	return lines
}
