package osm

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// cell is the side of one character of a drawing, in degrees: about 11 m at the
// equator, where all drawings lie.
const cell = 1e-4

// A sketch is a small OSM file: a drawing whose letters are nodes, and what
// hangs on them. Rows go south, columns east; the lower left corner is 0, 0.
type sketch struct {
	drawing string
	nodes   map[string]string // letter -> tags
	ways    []string          // "abc highway=residential oneway=yes"
	rels    []string          // "from:1 via:b to:2 type=restriction ...": ways by number from 1, nodes by letter
	missing string            // letters that ways name and the file lacks
}

func tagsOf(words []string) (tags osm.Tags) {
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		tags = append(tags, osm.Tag{Key: k, Value: strings.ReplaceAll(v, "_ ", " ")})
	}
	return tags
}

// xml writes the sketch as an .osm file. A tag's value can't have blanks; "~"
// stands for one.
func (s sketch) xml() string {
	var b strings.Builder
	b.WriteString("<?xml version='1.0'?>\n<osm version=\"0.6\">\n")
	tags := func(words []string) {
		for _, t := range tagsOf(words) {
			b.WriteString("<tag k=\"" + esc(t.Key) + "\" v=\"" + esc(strings.ReplaceAll(t.Value, "~", " ")) + "\"/>")
		}
	}
	rows := strings.Split(strings.Trim(s.drawing, "\n"), "\n")
	for y, row := range rows {
		for x, c := range row {
			if !letter(c) || strings.ContainsRune(s.missing, c) {
				continue
			}
			fmt.Fprintf(&b, "<node id=\"%d\" lat=\"%.7f\" lon=\"%.7f\">", c, float64(len(rows)-1-y)*cell, float64(x)*cell)
			tags(strings.Fields(s.nodes[string(c)]))
			b.WriteString("</node>\n")
		}
	}
	for i, w := range s.ways {
		f := strings.Fields(w)
		fmt.Fprintf(&b, "<way id=\"%d\">", i+1)
		for _, c := range f[0] {
			fmt.Fprintf(&b, "<nd ref=\"%d\"/>", c)
		}
		tags(f[1:])
		b.WriteString("</way>\n")
	}
	for i, r := range s.rels {
		fmt.Fprintf(&b, "<relation id=\"%d\">", i+1)
		for _, f := range strings.Fields(r) {
			if role, ref, ok := strings.Cut(f, ":"); ok && !strings.Contains(f, "=") {
				kind, id := "way", ref
				if letter(rune(ref[0])) {
					kind, id = "node", fmt.Sprint(int(ref[0]))
				}
				fmt.Fprintf(&b, "<member type=\"%s\" ref=\"%s\" role=\"%s\"/>", kind, id, role)
			} else {
				tags([]string{f})
			}
		}
		b.WriteString("</relation>\n")
	}
	b.WriteString("</osm>\n")
	return b.String()
}

func letter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func esc(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (s sketch) read(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := readText(t, s.xml(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := street.Build(r.Parts); err != nil {
		t.Fatal(err)
	}
	return r
}

// readText imports an .osm file given as text.
func readText(t *testing.T, text string, o Options) (*Result, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map.osm")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), path, o)
}

// seg writes a segment as the letters of its ends, with how many points.
func seg(p *street.Parts, id street.SegmentID) string {
	s := &p.Segments[id]
	return string(rune(p.Junctions[s.From].Node)) + string(rune(p.Junctions[s.To].Node))
}

func segs(p *street.Parts) (out []string) {
	for i := range p.Segments {
		out = append(out, seg(p, street.SegmentID(i)))
	}
	return out
}

func junction(t *testing.T, p *street.Parts, c rune) *street.Junction {
	t.Helper()
	i := slices.IndexFunc(p.Junctions, func(j street.Junction) bool { return j.Node == int64(c) })
	if i < 0 {
		t.Fatalf("no junction %c", c)
	}
	return &p.Junctions[i]
}
