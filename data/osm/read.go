// Package osm reads OpenStreetMap extracts: .osm.pbf, .osm, .osm.bz2 and .osm.gz.
// Out come the parts of a street network, the base map's features and the
// gazetteer's places.
//
// A file is read several times: ways and relations first, since they say which
// nodes are needed, then those nodes; with a box, the nodes are looked through
// once before. PBF blocks are decoded on all cores and collected in the order of
// the file, so the same file gives the same result on any machine.
//
// Positions are WGS 84, in OSM's fixed point until they become features. Tags
// mean what wiki.openstreetmap.org says; where the wiki leaves a default to the
// country, the comment at the rule says what is taken.
package osm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/paulmach/orb"

	"citygrid/data/mapfile"
	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// Options of an import. The zero value imports the whole file quietly.
type Options struct {
	// Bound, if set, keeps what lies in it. Streets are cut at the first node
	// outside, areas at the edge.
	Bound *orb.Bound
	// Progress, if set, is told how far each stage is, in units that differ from
	// stage to stage. It is called from one goroutine at a time.
	Progress func(stage string, done, total int64)
	// StreetsOnly leaves out the base map and the gazetteer.
	StreetsOnly bool
	// MaxUnpacked is how many bytes the file may unpack to; 0 is 32 GiB.
	MaxUnpacked int64
	// MaxMemory is about how many bytes the import may take; 0 is two thirds of what
	// the machine has left, and at least 512 MiB.
	MaxMemory int64
}

// A Result is what an extract holds.
type Result struct {
	Parts    street.Parts
	Features []basemap.Feature
	Places   []place.Place
	Report   mapfile.Report
	Bound    orb.Bound // of the map: the box asked for, else the streets with a margin
	DataTime time.Time // of the data, zero if unknown
}

// The stages that Progress is told of.
const (
	StageOpen  = "reading the file"
	StageWays  = "streets and outlines"
	StageNodes = "positions"
	StageCut   = "cutting streets"
	StageDraw  = "drawing the base map"
	StageSave  = "saving"
)

// Read imports the extract at path. An error about the file itself is a
// *FileError. When ctx ends, it returns its error soon.
func Read(ctx context.Context, path string, o Options) (*Result, error) {
	if !readable(path) {
		return nil, &FileError{File: path, Block: -1, Offset: -1, Err: errNotFile}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileProblem(path, err)
	}
	defer f.Close()
	tell := o.Progress
	if tell == nil {
		tell = func(string, int64, int64) {}
	}
	lim := limitsOf(o)
	kept := keeping(lim)
	src, err := open(ctx, f, path, lim, kept, func(done, total int64) { tell(StageOpen, done, total) })
	if err != nil {
		return nil, fileProblem(path, err)
	}
	res, err := read(ctx, src, o, lim, kept, tell)
	if err != nil {
		return nil, fileProblem(path, err)
	}
	return res, nil
}

var errNotFile = errors.New("this is not a file that can be read twice; give an extract on disk")

// readable is false for pipes, devices and folders; to open a pipe that nobody
// writes to would take for ever.
func readable(path string) bool {
	st, err := os.Stat(path)
	return err != nil || st.Mode().IsRegular()
}

// fileProblem makes a FileError of whatever is not about ctx.
func fileProblem(path string, err error) error {
	var fe *FileError
	if errors.As(err, &fe) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err // it has the name too
	}
	return &FileError{File: path, Block: -1, Offset: -1, Err: err}
}

func read(ctx context.Context, src source, o Options, lim limits, kept *meter, tell func(string, int64, int64)) (*Result, error) {
	if b := o.Bound; b != nil && (!onEarth(b.Min) || !onEarth(b.Max) || b.Min[0] >= b.Max[0] || b.Min[1] >= b.Max[1]) {
		return nil, fmt.Errorf("the box %v,%v,%v,%v is not west,south,east,north in degrees", b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	}
	g := &gathering{src: src, bound: o.Bound, lim: lim, kept: kept, streetsOnly: o.StreetsOnly}
	step := func(stage string) func(done, total int) {
		return func(done, total int) { tell(stage, int64(done), int64(total)) }
	}
	if err := g.readWays(ctx, step(StageWays)); err != nil {
		return nil, err
	}
	g.keepNeeded()
	g.areaStreets()
	if err := g.readNodes(ctx, step(StageNodes)); err != nil {
		return nil, err
	}
	tell(StageCut, 0, 1)
	c := g.cut()
	bans, bansKept := c.restrictions()
	c.finish()
	if len(c.parts.Segments) == 0 {
		return nil, ErrNothing
	}
	res := &Result{DataTime: src.about().written}
	res.Bound = mapBound(o.Bound, src.about().bound, &c.parts)
	var side string
	c.parts.DrivesLeft, side = g.drivesLeft(res.Bound.Center())
	res.Parts = c.parts
	tell(StageCut, 1, 1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := &painter{g: g}
	if !o.StreetsOnly {
		tell(StageDraw, 0, 2)
		p = g.paint(res.Bound)
		tell(StageDraw, 1, 2)
		p.streets(&res.Parts)
		p.mergeWater()
		p.locate()
		p.feats = append(p.feats, streetFeatures(&res.Parts)...)
		tell(StageDraw, 2, 2)
	}
	res.Features, res.Places = p.feats, p.places
	res.Report = g.report(res, p, bans, bansKept, side)
	return res, ctx.Err()
}

// mapBound is where the map ends: the box asked for; else the one the file
// claims, if the streets lie in it; else the streets with a margin of 5 %.
// Ferries don't count: they lead far out of the city.
func mapBound(asked *orb.Bound, claimed orb.Bound, p *street.Parts) orb.Bound {
	if asked != nil {
		return *asked
	}
	b, any := orb.Bound{}, false
	for i := range p.Segments {
		s := &p.Segments[i]
		if s.Class == street.Ferry || s.Class == street.Waterway {
			continue
		}
		if sb := segmentBound(p, street.SegmentID(i)); any {
			b = b.Union(sb)
		} else {
			b, any = sb, true
		}
	}
	if !any {
		b = segmentBound(p, 0)
	}
	if claimed != (orb.Bound{}) && claimed.Contains(b.Center()) {
		return claimed
	}
	w, h := (b.Max[0]-b.Min[0])*0.05+0.002, (b.Max[1]-b.Min[1])*0.05+0.002
	return orb.Bound{
		Min: orb.Point{max(-180, b.Min[0]-w), max(-90, b.Min[1]-h)},
		Max: orb.Point{min(180, b.Max[0]+w), min(90, b.Max[1]+h)},
	}
}

// areaStreets lets the edges of a square drawn as a multipolygon be walked.
func (g *gathering) areaStreets() {
	for i := range g.rels {
		r := &g.rels[i]
		if r.street == nil {
			continue
		}
		for _, m := range r.members {
			w, ok := g.wayByID(m.id)
			if m.kind != ways || !ok || w.street != 0 || !w.touches {
				continue
			}
			g.streets = append(g.streets, *r.street)
			w.street = int32(len(g.streets))
		}
	}
}
