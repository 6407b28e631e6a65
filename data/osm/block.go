package osm

import (
	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// kinds is a set of OSM's element types.
type kinds uint8

const (
	nodes kinds = 1 << iota
	ways
	relations
)

// A block is a run of elements as they stand in the file. A worker fills the
// same block again and again, so whoever keeps something of it copies it.
type block struct {
	nodeID []int64
	nodeAt []street.Fixed
	tagged []taggedNode // the nodes with tags
	ways   []rawWay
	rels   []rawRelation

	refs    []int64  // what ways[i].refs point into
	tags    osm.Tags // what all the tags point into
	members []member
}

type taggedNode struct {
	i    int // index in nodeID and nodeAt
	tags osm.Tags
}

type rawWay struct {
	id   int64
	tags osm.Tags
	refs []int64
}

type rawRelation struct {
	id      int64
	tags    osm.Tags
	members []member
}

// A member is one line of a relation.
type member struct {
	kind kinds
	id   int64
	role string
}

func (b *block) reset() {
	b.nodeID, b.nodeAt, b.tagged = b.nodeID[:0], b.nodeAt[:0], b.tagged[:0]
	b.ways, b.rels = b.ways[:0], b.rels[:0]
	b.refs, b.tags, b.members = b.refs[:0], b.tags[:0], b.members[:0]
}
