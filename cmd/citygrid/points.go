package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// A pointFile is a CSV file with positions: a header that names the columns, in
// any order and with others between them, then a row for each item.
type pointFile struct {
	name    string
	file    *os.File
	csv     *csv.Reader
	columns []int // by wanted column: where it is in a row
	wanted  []string
}

// openPoints opens a file whose header has the columns wanted. What is wrong with
// it is bad input.
func openPoints(name string, wanted ...string) (*pointFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, badInput(err)
	}
	p := &pointFile{name: name, file: f, csv: csv.NewReader(f), wanted: wanted}
	p.csv.FieldsPerRecord = -1
	p.csv.ReuseRecord = true
	header, err := p.csv.Read()
	if err == nil {
		err = p.find(header)
	} else if errors.Is(err, io.EOF) {
		err = fmt.Errorf("it is empty; want a header %s", strings.Join(wanted, ","))
	}
	if err != nil {
		return nil, badInput(errors.Join(fmt.Errorf("%s: %w", name, err), f.Close()))
	}
	return p, nil
}

func (p *pointFile) find(header []string) error {
	for i, h := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
	}
	for _, w := range p.wanted {
		i := slices.Index(header, w)
		if i < 0 {
			return fmt.Errorf("line 1: no column %s; want a header %s", w, strings.Join(p.wanted, ","))
		}
		p.columns = append(p.columns, i)
	}
	return nil
}

// errRow marks a row that is wrong while the ones after it can be read.
var errRow = errors.New("row")

// next reads a row as positions, two columns each. The error is io.EOF at the end,
// errRow for a row with something wrong in it, or another after which nothing can
// be read.
func (p *pointFile) next() ([]orb.Point, error) {
	row, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if wrong := new(csv.ParseError); errors.As(err, &wrong) {
		return nil, fmt.Errorf("%w on line %d: %w", errRow, wrong.Line, wrong.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	line, _ := p.csv.FieldPos(0)
	points := make([]orb.Point, len(p.columns)/2)
	for k, column := range p.columns {
		if column >= len(row) {
			return nil, fmt.Errorf("%w on line %d: %d columns, %s would be column %d", errRow, line, len(row), p.wanted[k], column+1)
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(row[column]), 64)
		limit := 180.0 - 90*float64(k%2)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w on line %d: %s %q is not a number", errRow, line, p.wanted[k], row[column])
		case !(math.Abs(x) <= limit):
			return nil, fmt.Errorf("%w on line %d: %s %v is not on earth; want -%v to %v degrees, longitude comes first", errRow, line, p.wanted[k], x, limit, limit)
		}
		points[k/2][k%2] = x
	}
	return points, nil
}

func (p *pointFile) close() error { return p.file.Close() }
