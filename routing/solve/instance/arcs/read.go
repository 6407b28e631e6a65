// Package arcs reads the arc routing benchmarks of the University of Valencia and
// answers for them on the command line: the capacitated arc routing problems of
// CARPLIB (.dat, with CAPACIDAD), and rural postman problems on undirected and
// windy graphs, for one walker or, with --walkers, for several whose longest walk
// is to be short.
//
// Both are lists of edges after lines "KEYWORD : value". An edge of CARPLIB is
//
//	( 1, 18)   coste 55   demanda 55
//
// and of a postman file, its second cost being the one of walking back,
//
//	( 1, 18)   coste 55   60
//
// Vertices are numbered from 1. Two edges between the same vertices are refused:
// an answer names edges by their ends.
package arcs

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"citygrid/routing/solve/arc"
)

// maxBytes bounds a file; the largest that can be solved has less than 1 MB.
const maxBytes = 4 << 20

// ErrFile is the rule for a file that can't be read.
var ErrFile = errors.New("not an arc routing file")

// A FileError says where.
type FileError struct {
	Line int // from 1
	What string
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Unwrap gives ErrFile.
func (e *FileError) Unwrap() error { return ErrFile }

// A reader goes through the lines of a file.
type reader struct {
	line  int
	p     arc.Problem
	lists [2]struct { // of edges that need not be served, and of those that must be
		said int // how many there are to be
		head int // the line of its head; 0 = there is none
		got  int
	}
	in     int            // the list that lines belong to; -1 = none yet
	seen   map[[2]int]int // line of each edge, by its ends in order
	keys   map[string]int // line of each keyword
	depot  int            // from 1; 0 = not given
	loaded bool           // edges have demands
}

// read takes a file of either kind. loaded says that it must be of CARPLIB.
func read(data []byte, loaded bool) (*arc.Problem, error) {
	r := reader{in: -1, seen: map[[2]int]int{}, keys: map[string]int{}, loaded: loaded}
	r.p.Depot = arc.Anywhere
	r.lists[0].said, r.lists[1].said = -1, -1
	if len(data) > maxBytes {
		return nil, &FileError{1, fmt.Sprintf("the file has %d bytes, more than %d", len(data), maxBytes)}
	}
	for line := range bytes.Lines(data) {
		r.line++
		text := strings.TrimSpace(string(line))
		var err error
		switch {
		case text == "":
		case text[0] == '(':
			err = r.edge(text)
		default:
			err = r.keyword(text)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.finish()
}

func (r *reader) fault(format string, args ...any) error {
	return &FileError{max(r.line, 1), fmt.Sprintf(format, args...)}
}

// keyword takes a line "KEYWORD : value".
func (r *reader) keyword(text string) error {
	key, value, colon := strings.Cut(text, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if !colon {
		return r.fault("%s is neither \"KEYWORD : value\" nor an edge \"(from,to) coste ...\"", quoted(text))
	}
	if first := r.keys[key]; first > 0 {
		return r.fault("%s is in line %d already", quoted(key), first)
	}
	r.keys[key] = r.line
	switch key {
	case "NOMBRE", "COMENTARIO", "COSTE_TOTAL_REQ":
		return nil
	case "TIPO_COSTES_ARISTAS":
		if value != "EXPLICITOS" {
			return r.fault("TIPO_COSTES_ARISTAS is %s, only EXPLICITOS is known", quoted(value))
		}
	case "LISTA_ARISTAS_NOREQ", "LISTA_ARISTAS_REQ":
		if r.p.Vertices == 0 {
			return r.fault("VERTICES must come before the lists of edges")
		}
		r.in = listOf(key)
		r.lists[r.in].head = r.line
	case "VERTICES":
		return r.number(key, value, 1, arc.MaxVertices, &r.p.Vertices)
	case "ARISTAS_NOREQ", "ARISTAS_REQ":
		return r.number(key, value, 0, arc.MaxEdges, &r.lists[listOf(key)].said)
	case "VEHICULOS":
		return r.number(key, value, 0, arc.MaxEdges, &r.p.Vehicles)
	case "CAPACIDAD":
		var c int
		err := r.number(key, value, 1, arc.MaxDemand, &c)
		r.p.Capacity = int64(c)
		return err
	case "DEPOSITO":
		return r.number(key, value, 1, arc.MaxVertices, &r.depot)
	default:
		return r.fault("keyword %s is not known", quoted(key))
	}
	return nil
}

// listOf is 1 for keywords of edges that must be served, 0 for the others'.
func listOf(key string) int {
	if strings.HasSuffix(key, "_NOREQ") {
		return 0
	}
	return 1
}

func (r *reader) number(what, text string, low, high int, to *int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return r.fault("%s is %s, it must be a whole number from %d to %d", what, quoted(text), low, high)
	}
	*to = n
	return nil
}

// edge takes a line "(from,to) coste c", with a second cost or a demand.
func (r *reader) edge(text string) error {
	if r.in < 0 {
		return r.fault("an edge before LISTA_ARISTAS_REQ or LISTA_ARISTAS_NOREQ")
	}
	ends, rest, closed := strings.Cut(text[1:], ")")
	from, to, comma := strings.Cut(ends, ",")
	if !closed || !comma {
		return r.fault("%s does not begin with \"(from,to)\"", quoted(text))
	}
	e := arc.Edge{Required: r.in == 1}
	if err := r.number("the edge's first vertex", strings.TrimSpace(from), 1, r.p.Vertices, &e.From); err != nil {
		return err
	}
	if err := r.number("the edge's second vertex", strings.TrimSpace(to), 1, r.p.Vertices, &e.To); err != nil {
		return err
	}
	key := [2]int{min(e.From, e.To), max(e.From, e.To)}
	switch first := r.seen[key]; {
	case e.From == e.To:
		return r.fault("edge (%d,%d) joins a vertex to itself", e.From, e.To)
	case first > 0:
		return r.fault("edge (%d,%d) is in line %d already", e.From, e.To, first)
	case len(r.p.Edges) == arc.MaxEdges:
		return r.fault("more than %d edges", arc.MaxEdges)
	}
	r.seen[key] = r.line
	if err := r.costs(&e, strings.Fields(rest)); err != nil {
		return err
	}
	e.From--
	e.To--
	r.p.Edges = append(r.p.Edges, e)
	r.lists[r.in].got++
	return nil
}

// costs takes "coste 5 6", "coste 5" or "coste 5 demanda 6".
func (r *reader) costs(e *arc.Edge, words []string) error {
	want := "coste c1 c2"
	shape := len(words) == 3
	if r.loaded {
		want, shape = "coste c", len(words) == 2 || len(words) == 4 && words[2] == "demanda"
		if e.Required {
			want, shape = "coste c demanda d", len(words) == 4 && words[2] == "demanda"
		}
	}
	if !shape || words[0] != "coste" {
		return r.fault("after the vertices of edge (%d,%d) there is %s, it must be %q", e.From, e.To, quoted(strings.Join(words, " ")), want)
	}
	var there, back, demand int
	if err := r.number("the edge's cost", words[1], 0, arc.MaxCost, &there); err != nil {
		return err
	}
	back = there
	if !r.loaded {
		if err := r.number("the edge's cost back", words[2], 0, arc.MaxCost, &back); err != nil {
			return err
		}
	} else if len(words) == 4 {
		if err := r.number("the edge's demand", words[3], 0, arc.MaxDemand, &demand); err != nil {
			return err
		}
	}
	e.Cost = [2]int64{int64(there), int64(back)}
	e.Demand = int64(demand)
	return nil
}

// finish sees to it that all is there.
func (r *reader) finish() (*arc.Problem, error) {
	for k, name := range [...]string{"NOREQ", "REQ"} {
		l := r.lists[k]
		switch {
		case l.head == 0 && (k == 1 || l.said > 0):
			return nil, r.fault("the file ends without LISTA_ARISTAS_%s", name)
		case l.said >= 0 && l.got != l.said:
			return nil, r.fault("LISTA_ARISTAS_%s (line %d) has %d edges, ARISTAS_%s (line %d) says %d", name, l.head, l.got, name, r.keys["ARISTAS_"+name], l.said)
		}
	}
	if r.loaded {
		switch {
		case r.p.Capacity == 0:
			return nil, r.fault("the file ends without CAPACIDAD")
		case r.depot == 0:
			return nil, r.fault("the file ends without DEPOSITO")
		case r.depot > r.p.Vertices:
			r.line = r.keys["DEPOSITO"]
			return nil, r.fault("DEPOSITO is %d of %d vertices", r.depot, r.p.Vertices)
		}
		r.p.Depot = r.depot - 1
	} else if r.p.Capacity > 0 || r.depot > 0 || r.p.Vehicles > 0 {
		return nil, r.fault("a postman file has no CAPACIDAD, DEPOSITO or VEHICULOS")
	}
	if err := r.p.Check(); err != nil {
		return nil, r.fault("%v", err)
	}
	return &r.p, nil
}

// quoted is text of the file for a message.
func quoted(text string) string {
	const most = 60
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strconv.QuoteToASCII(text)
}
