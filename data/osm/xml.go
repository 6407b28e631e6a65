package osm

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmxml"

	"citygrid/geo/street"
)

// An xmlFile is an OSM XML file, read once and kept as blocks: XML is slow to
// parse, and extracts in XML are small.
type xmlFile struct {
	name string
	head header
	all  []*block
	has  []kinds
}

// xmlBlock is how many elements make a block: enough to share out to the cores,
// few enough to give all of them some.
const xmlBlock = 8000

var xmlRoot = regexp.MustCompile(`<\s*([A-Za-z_][\w:.-]*)`)

// readXML reads all of r. paulmach/osm parses; it may panic as far as it likes,
// since it does so in this goroutine.
func readXML(ctx context.Context, r io.Reader, name string, lim limits, kept *meter) (x *xmlFile, err error) {
	count := &countingReader{r: meteredReader{r, unpacking(lim)}}
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, &FileError{File: name, Block: -1, Offset: count.done, What: fmt.Sprintf("the reader stumbled: %v", p), Err: ErrCorrupt}
		}
	}()
	buf := bufio.NewReaderSize(count, 1<<16)
	head, err := buf.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, xmlError(name, count.done, err)
	}
	if err := checkRoot(name, head); err != nil {
		return nil, err
	}
	x = &xmlFile{name: name}
	tail := &tailReader{r: buf, most: lim.element}
	sc := osmxml.New(ctx, tail)
	cur, in := new(block), 0
	seen := int64(0)
	flush := func() {
		if in == 0 {
			return
		}
		has := kinds(0)
		if len(cur.nodeID) > 0 {
			has |= nodes
		}
		if len(cur.ways) > 0 {
			has |= ways
		}
		if len(cur.rels) > 0 {
			has |= relations
		}
		x.all, x.has = append(x.all, cur), append(x.has, has)
		cur, in = new(block), 0
	}
	for sc.Scan() {
		tail.since = 0
		cost := int64(0)
		switch o := sc.Object().(type) {
		case *osm.Bounds:
			x.setBound(o)
			continue
		case *osm.Node:
			if math.IsNaN(o.Lon) || math.IsNaN(o.Lat) || !onEarth(orb.Point{o.Lon, o.Lat}) {
				return nil, &FileError{File: name, Block: -1, Offset: count.done, What: fmt.Sprintf("node %d is not on earth", o.ID), Err: ErrCorrupt}
			}
			cur.addNode(o)
			cost = costNode + costOfTags(o.Tags)
			x.newest(o.Timestamp)
		case *osm.Way:
			cur.addWay(o)
			cost = 56 + 8*int64(len(o.Nodes)) + costOfTags(o.Tags)
			x.newest(o.Timestamp)
		case *osm.Relation:
			cur.addRelation(o)
			cost = 56 + costMember*int64(len(o.Members)) + costOfTags(o.Tags)
		default:
			continue
		}
		if err := kept.take(cost); err != nil {
			return nil, &FileError{File: name, Block: -1, Offset: count.done, Err: err}
		}
		if in++; in == xmlBlock {
			flush()
		}
		if seen++; seen > lim.elements {
			return nil, &FileError{File: name, Block: -1, Offset: count.done, What: fmt.Sprintf("more than %d elements", lim.elements), Err: ErrTooBig}
		}
	}
	if err := sc.Err(); err != nil {
		if errors.Is(err, ErrTooBig) && !errors.As(err, new(*LimitError)) {
			return nil, &FileError{File: name, Block: -1, Offset: count.done, What: fmt.Sprintf("more than %d bytes in one element", lim.element), Err: ErrTooBig}
		}
		return nil, xmlError(name, count.done, err)
	}
	if !bytes.Contains(tail.last, []byte("</osm>")) && !bytes.Contains(tail.last, []byte("/>")) {
		return nil, xmlError(name, count.done, io.ErrUnexpectedEOF)
	}
	flush()
	return x, nil
}

// checkRoot refuses XML that isn't OSM, such as a web page with an error message.
func checkRoot(name string, head []byte) error {
	m := xmlRoot.FindSubmatch(head)
	switch {
	case m == nil:
		return &FileError{File: name, Block: -1, Offset: 0, What: "no XML element in it", Err: ErrNotOSM}
	case string(m[1]) == "osm":
		return nil
	case string(m[1]) == "osmChange":
		return &FileError{File: name, Block: -1, Offset: 0, What: "it holds changes, not a map", Err: ErrNotOSM}
	}
	return &FileError{File: name, Block: -1, Offset: 0, What: fmt.Sprintf("its outermost element is <%.40s>, not <osm>", m[1]), Err: ErrNotOSM}
}

func xmlError(name string, at int64, err error) error {
	fe := &FileError{File: name, Block: -1, Offset: at, What: err.Error(), Err: ErrCorrupt}
	var full *LimitError
	var syn *xml.SyntaxError
	var bz bzip2.StructuralError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &full):
		fe.What, fe.Err = "", full
	case errors.Is(err, io.ErrUnexpectedEOF):
		fe.What, fe.Err = "", ErrTruncated
	case errors.As(err, &syn) && syn.Msg == "unexpected EOF":
		fe.Err = ErrTruncated
		fe.What = fmt.Sprintf("line %d", syn.Line)
	case errors.As(err, &bz), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
	}
	return fe
}

// A tailReader keeps the last bytes that went through it, and ends with
// ErrTooBig when too many did since somebody last set since to 0: the parser
// keeps a whole attribute or element in memory, and a packed file of some
// kilobytes may hold one of gigabytes.
type tailReader struct {
	r           io.Reader
	last        []byte
	since, most int64
}

func (t *tailReader) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if t.since += int64(n); t.since > t.most {
		return 0, ErrTooBig
	}
	t.last = append(t.last, p[:n]...)
	if len(t.last) > 256 {
		t.last = append(t.last[:0], t.last[len(t.last)-256:]...)
	}
	return n, err
}

func (x *xmlFile) setBound(o *osm.Bounds) {
	b := orb.Bound{Min: orb.Point{o.MinLon, o.MinLat}, Max: orb.Point{o.MaxLon, o.MaxLat}}
	if onEarth(b.Min) && onEarth(b.Max) && b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1] {
		x.head.bound = b
	}
}

func (x *xmlFile) newest(t time.Time) {
	if t.After(x.head.written) {
		x.head.written = t.UTC()
	}
}

func (b *block) addNode(o *osm.Node) {
	if len(o.Tags) > 0 {
		b.tagged = append(b.tagged, taggedNode{len(b.nodeID), o.Tags})
	}
	b.nodeID = append(b.nodeID, int64(o.ID))
	b.nodeAt = append(b.nodeAt, street.FixedPoint(orb.Point{o.Lon, o.Lat}))
}

func (b *block) addWay(o *osm.Way) {
	w := rawWay{id: int64(o.ID), tags: o.Tags, refs: make([]int64, len(o.Nodes))}
	for i, n := range o.Nodes {
		w.refs[i] = int64(n.ID)
	}
	b.ways = append(b.ways, w)
}

func (b *block) addRelation(o *osm.Relation) {
	r := rawRelation{id: int64(o.ID), tags: o.Tags, members: make([]member, 0, len(o.Members))}
	for _, m := range o.Members {
		k := map[osm.Type]kinds{osm.TypeNode: nodes, osm.TypeWay: ways, osm.TypeRelation: relations}[m.Type]
		if k != 0 {
			r.members = append(r.members, member{k, m.Ref, m.Role})
		}
	}
	b.rels = append(b.rels, r)
}

func (x *xmlFile) blocks() int                   { return len(x.all) }
func (x *xmlFile) kindsOf(i int) kinds           { return x.has[i] }
func (x *xmlFile) about() header                 { return x.head }
func (x *xmlFile) failAt(_ int, err error) error { return xmlError(x.name, -1, err) }
func (x *xmlFile) reader() blockReader           { return x }

func (x *xmlFile) read(i int, _ kinds, b *block) error {
	*b = *x.all[i]
	return nil
}
