package osm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// A pbfDecoder decodes the blocks of one worker.
type pbfDecoder struct {
	u           unpacker
	strings     []string
	gran        int64
	lat0, lon0  int64
	keys, vals  []byte
	wantedKinds kinds
}

// maxInBlock bounds what one block of some megabytes can blow up to. Writers put
// 8,000 elements into a block, which have some ten tags and nodes each.
const maxInBlock = 2_000_000

var (
	errString  = errors.New("a string number outside the block's table")
	errPlace   = errors.New("a position that is not on earth")
	errPairs   = errors.New("keys and values that don't pair up")
	errUneven  = errors.New("columns of unequal length")
	errCrowded = fmt.Errorf("a block of more than %d nodes, tags, members or the like: %w", maxInBlock, ErrTooBig)
)

// decode fills b with the wanted elements of one unpacked block and tells which
// kinds there are in it.
func (d *pbfDecoder) decode(data []byte, want kinds, b *block) (found kinds, err error) {
	b.reset()
	d.gran, d.lat0, d.lon0 = 100, 0, 0
	d.strings = d.strings[:0]
	d.wantedKinds = want
	// The strings of a block are cut from one copy of its table.
	for w := (wire{b: data}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return 0, w.err
			}
			break
		}
		switch field {
		case 1:
			err = d.table(w.message(wt))
		case 17:
			d.gran = int64(w.number(wt))
		case 19:
			d.lat0 = int64(w.number(wt))
		case 20:
			d.lon0 = int64(w.number(wt))
		default:
			w.skip(wt)
		}
		if err != nil {
			return 0, err
		}
	}
	if d.gran <= 0 || d.gran > 1e9 {
		return 0, errors.New("a granularity beyond a degree")
	}
	for w := (wire{b: data}); ; {
		field, wt, ok := w.next()
		if !ok {
			return found, w.err
		}
		if field != 2 {
			w.skip(wt)
			continue
		}
		k, err := d.group(w.message(wt), b)
		if err != nil {
			return 0, err
		}
		found |= k
	}
}

func (d *pbfDecoder) table(b []byte) error {
	all := string(b)
	for w := (wire{b: b}); ; {
		field, wt, ok := w.next()
		if !ok {
			return w.err
		}
		if field != 1 {
			w.skip(wt)
			continue
		}
		s := w.message(wt)
		end := len(b) - len(w.b)
		if w.err != nil {
			return w.err
		}
		if d.strings = append(d.strings, all[end-len(s):end]); len(d.strings) > maxInBlock {
			return errCrowded
		}
	}
}

func (d *pbfDecoder) group(g []byte, b *block) (found kinds, err error) {
	for w := (wire{b: g}); ; {
		field, wt, ok := w.next()
		if !ok {
			return found, w.err
		}
		if field < 1 || field > 4 {
			w.skip(wt)
			continue
		}
		m := w.message(wt)
		if w.err != nil {
			return 0, w.err
		}
		switch field {
		case 1:
			found |= nodes
			if d.wantedKinds&nodes != 0 {
				err = d.node(m, b)
			}
		case 2:
			found |= nodes
			if d.wantedKinds&nodes != 0 {
				err = d.dense(m, b)
			}
		case 3:
			found |= ways
			if d.wantedKinds&ways != 0 {
				err = d.way(m, b)
			}
		case 4:
			found |= relations
			if d.wantedKinds&relations != 0 {
				err = d.relation(m, b)
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

// fixed turns a block's position into ours. Products beyond 64 bits wrap round
// and are off the earth or at a wrong place, never out of range.
func (d *pbfDecoder) fixed(lat, lon int64) (street.Fixed, error) {
	y, x := (d.lat0+d.gran*lat)/100, (d.lon0+d.gran*lon)/100
	if y < -90e7 || y > 90e7 || x < -180e7 || x > 180e7 {
		return street.Fixed{}, errPlace
	}
	return street.Fixed{Lon: int32(x), Lat: int32(y)}, nil
}

func (d *pbfDecoder) str(i uint64) (string, error) {
	if i >= uint64(len(d.strings)) {
		return "", errString
	}
	return d.strings[i], nil
}

// tagPairs reads two packed columns of string numbers.
func (d *pbfDecoder) tagPairs(b *block) (osm.Tags, error) {
	from := len(b.tags)
	k, v := wire{b: d.keys}, wire{b: d.vals}
	for len(k.b) > 0 && len(v.b) > 0 {
		key, err := d.str(k.varint())
		if err != nil {
			return nil, err
		}
		val, err := d.str(v.varint())
		if err != nil {
			return nil, err
		}
		b.tags = append(b.tags, osm.Tag{Key: key, Value: val})
	}
	if k.err != nil || v.err != nil {
		return nil, errors.Join(k.err, v.err)
	}
	if len(k.b) > 0 || len(v.b) > 0 {
		return nil, errPairs
	}
	return b.tags[from:len(b.tags):len(b.tags)], nil
}

func (d *pbfDecoder) node(m []byte, b *block) error {
	var id, lat, lon int64
	d.keys, d.vals = nil, nil
	for w := (wire{b: m}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return w.err
			}
			break
		}
		switch field {
		case 1:
			id = unzigzag(w.number(wt))
		case 2:
			d.keys = w.message(wt)
		case 3:
			d.vals = w.message(wt)
		case 8:
			lat = unzigzag(w.number(wt))
		case 9:
			lon = unzigzag(w.number(wt))
		default:
			w.skip(wt)
		}
	}
	at, err := d.fixed(lat, lon)
	if err != nil {
		return err
	}
	tags, err := d.tagPairs(b)
	if err != nil {
		return err
	}
	if len(tags) > 0 {
		b.tagged = append(b.tagged, taggedNode{len(b.nodeID), tags})
	}
	b.nodeID, b.nodeAt = append(b.nodeID, id), append(b.nodeAt, at)
	return nil
}

func (d *pbfDecoder) dense(m []byte, b *block) error {
	var ids, lats, lons, kv wire
	for w := (wire{b: m}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return w.err
			}
			break
		}
		switch field {
		case 1:
			ids.b = w.message(wt)
		case 8:
			lats.b = w.message(wt)
		case 9:
			lons.b = w.message(wt)
		case 10:
			kv.b = w.message(wt)
		default:
			w.skip(wt)
		}
	}
	var id, lat, lon int64
	for len(ids.b) > 0 {
		if len(lats.b) == 0 || len(lons.b) == 0 {
			return errUneven
		}
		id += ids.sint()
		lat += lats.sint()
		lon += lons.sint()
		if ids.err != nil || lats.err != nil || lons.err != nil {
			return errors.Join(ids.err, lats.err, lons.err)
		}
		at, err := d.fixed(lat, lon)
		if err != nil {
			return err
		}
		from := len(b.tags)
		for len(kv.b) > 0 {
			k := kv.varint()
			if k == 0 {
				break
			}
			key, err := d.str(k)
			if err != nil {
				return err
			}
			val, err := d.str(kv.varint())
			if err != nil {
				return err
			}
			b.tags = append(b.tags, osm.Tag{Key: key, Value: val})
		}
		if kv.err != nil {
			return kv.err
		}
		if len(b.tags) > from {
			b.tagged = append(b.tagged, taggedNode{len(b.nodeID), b.tags[from:len(b.tags):len(b.tags)]})
		}
		b.nodeID, b.nodeAt = append(b.nodeID, id), append(b.nodeAt, at)
		if len(b.nodeID) > maxInBlock || len(b.tags) > maxInBlock {
			return errCrowded
		}
	}
	if len(lats.b) > 0 || len(lons.b) > 0 {
		return errUneven
	}
	return nil
}

func (d *pbfDecoder) way(m []byte, b *block) error {
	wy := rawWay{}
	var refs wire
	d.keys, d.vals = nil, nil
	for w := (wire{b: m}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return w.err
			}
			break
		}
		switch field {
		case 1:
			wy.id = int64(w.number(wt))
		case 2:
			d.keys = w.message(wt)
		case 3:
			d.vals = w.message(wt)
		case 8:
			refs.b = w.message(wt)
		default:
			w.skip(wt)
		}
	}
	from, id := len(b.refs), int64(0)
	for len(refs.b) > 0 {
		id += refs.sint()
		b.refs = append(b.refs, id)
	}
	if len(b.ways) > maxInBlock || len(b.refs) > maxInBlock || len(b.tags) > maxInBlock {
		return errCrowded
	}
	if refs.err != nil {
		return refs.err
	}
	wy.refs = b.refs[from:len(b.refs):len(b.refs)]
	var err error
	if wy.tags, err = d.tagPairs(b); err != nil {
		return err
	}
	b.ways = append(b.ways, wy)
	return nil
}

func (d *pbfDecoder) relation(m []byte, b *block) error {
	r := rawRelation{}
	var roles, ids, types wire
	d.keys, d.vals = nil, nil
	for w := (wire{b: m}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return w.err
			}
			break
		}
		switch field {
		case 1:
			r.id = int64(w.number(wt))
		case 2:
			d.keys = w.message(wt)
		case 3:
			d.vals = w.message(wt)
		case 8:
			roles.b = w.message(wt)
		case 9:
			ids.b = w.message(wt)
		case 10:
			types.b = w.message(wt)
		default:
			w.skip(wt)
		}
	}
	from, id := len(b.members), int64(0)
	for len(ids.b) > 0 {
		if len(roles.b) == 0 || len(types.b) == 0 {
			return errUneven
		}
		id += ids.sint()
		t := types.varint()
		role, err := d.str(roles.varint())
		if err := errors.Join(err, ids.err, types.err, roles.err); err != nil {
			return err
		}
		if t > 2 {
			return errors.New("a relation member of unknown type")
		}
		b.members = append(b.members, member{kinds(1 << t), id, role})
	}
	if len(b.rels) > maxInBlock || len(b.members) > maxInBlock || len(b.tags) > maxInBlock {
		return errCrowded
	}
	r.members = b.members[from:len(b.members):len(b.members)]
	var err error
	if r.tags, err = d.tagPairs(b); err != nil {
		return err
	}
	b.rels = append(b.rels, r)
	return nil
}

// clone gives a copy of a string that doesn't hold its whole block in memory.
func clone(s string) string { return strings.Clone(s) }
