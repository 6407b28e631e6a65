package mapfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/paulmach/orb"

	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// randomCity is a city with every field in use.
func randomCity(t testing.TB, seed uint64) *Map {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	point := func() orb.Point {
		return street.Fixed{Lon: int32(r.IntN(2e9)) - 1e9, Lat: int32(r.IntN(1e9)) - 5e8}.Point()
	}
	words := []string{"", "High Street", "王府井大街", "Triq il-Kbira", "A 1"}
	word := func() string { return words[r.IntN(len(words))] }
	p := street.Parts{Names: []street.Name{{}}, Rules: []street.Rules{{}}, DrivesLeft: seed%2 == 0}
	for range 3 {
		p.Names = append(p.Names, street.Name{Default: word() + "x", Ref: word(), In: map[string]string{"zh": word(), "en": word()}})
		p.Rules = append(p.Rules, street.Rules{MaxHeightM: 3.5, MaxWeightT: 7.5, Conditional: map[string]string{"access:conditional": "no @ (22:00-06:00)"}})
	}
	for i := range 20 {
		p.Junctions = append(p.Junctions, street.Junction{At: street.FixedPoint(point()), Node: r.Int64() >> r.IntN(60), Blocked: street.Vehicles(r.IntN(256)), Flags: street.JunctionFlags(r.IntN(32)), Rules: street.RuleID(max(0, r.IntN(6)-2))})
		if i == 0 {
			continue
		}
		s := street.Segment{
			Way: -r.Int64N(1e12), From: street.JunctionID(i - 1), To: street.JunctionID(i), Shape: uint32(len(p.Shape)), Points: uint32(2 + r.IntN(3)),
			LengthM: r.Float32() * 1000, Name: street.NameID(r.IntN(4)), Rules: street.RuleID(r.IntN(4)),
			Forward: street.Vehicles(r.IntN(256)), Backward: street.Vehicles(r.IntN(256)), Private: street.Vehicles(r.IntN(256)),
			SpeedForward: uint8(r.IntN(256)), SpeedBackward: uint8(r.IntN(256)), Class: street.Class(r.IntN(20)), Surface: street.Surface(r.IntN(5)),
			Sidewalk: street.Sides(r.IntN(4)), Lanes: uint8(r.IntN(9)), Layer: int8(r.IntN(11) - 5), Flags: street.SegmentFlags(r.IntN(1024)),
		}
		p.Shape = append(p.Shape, p.Junctions[i-1].At)
		for range s.Points - 2 {
			p.Shape = append(p.Shape, street.FixedPoint(point()))
		}
		p.Shape = append(p.Shape, p.Junctions[i].At)
		p.Segments = append(p.Segments, s)
	}
	p.Restrictions = []street.Restriction{
		{From: 0, To: 1, Via: 1, Only: true, Except: street.Bus, For: street.Motor, When: "Mo-Fr", Relation: 99},
		{From: 0, ViaWays: []street.SegmentID{1, 2}, To: 3, Via: 1, For: street.Goods},
	}
	if seed%3 > 0 {
		for _, i := range r.Perm(len(p.Segments)) {
			p.Order = append(p.Order, street.SegmentID(i))
		}
	}
	n, err := street.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	var feats []basemap.Feature
	var places []place.Place
	for i := range 12 {
		a := point()
		b := orb.Point{a[0] + 0.01, a[1] + 0.01}
		var g orb.Geometry = a
		switch i % 3 {
		case 1:
			g = orb.LineString{a, b}
		case 2:
			g = orb.Polygon{(orb.Bound{Min: a, Max: b}).ToRing()}
		}
		feats = append(feats, basemap.Feature{Layer: basemap.Layer(r.IntN(int(basemap.Layers))), Kind: word(), Group: word(), Geometry: g, Name: map[string]string{"": word(), "en": word()}, Ref: word(), Rank: uint8(i), HeightM: r.Float32(), Segment: uint32(i), OneWay: -1, Bridge: i%2 == 0, Level: int8(i - 5), MinZoom: uint8(i)})
		b = street.FixedPoint(b).Point()
		places = append(places, place.Place{Kind: place.Kind(r.IntN(int(place.Kinds))), Detail: word(), Name: map[string]string{"": word(), "zh": word()}, Number: word(), In: word(), At: a, Bound: orb.Bound{Min: a, Max: []orb.Point{a, b}[i%2]}, Weight: r.Float32()})
	}
	return &Map{
		Meta: Meta{
			Name: "Test", Source: "test.osm.pbf", SourceSHA256: "00", ImportedAt: time.Unix(1e9, 0).UTC(), ImportSeconds: 1.5,
			Bound: orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{3, 4}}, DataTime: time.Unix(1e8, 0).UTC(), Languages: []string{"zh", "en"},
		},
		Network: n, Base: basemap.New(feats), Places: places,
		Report: Report{Read: map[string]int64{"nodes": 5}, Car: Connected{Segments: 3, Parts: 1, Largest: []Part{{3, 1.25}}}, Notes: []string{"n"}},
	}
}

func bytesOf(t testing.TB, m *Map) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsSavedIsOpened(t *testing.T) {
	for seed := range uint64(30) {
		want := randomCity(t, seed)
		path := filepath.Join(t.TempDir(), "city.map")
		if err := Save(path, want); err != nil {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			what      string
			got, want any
		}{
			{"meta", got.Meta, want.Meta},
			{"report", got.Report, want.Report},
			{"network", got.Network.Parts(), want.Network.Parts()},
			{"base map", got.Base.Parts(), want.Base.Parts()},
			{"places", got.Places, want.Places},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("seed %d, %s:\n got %+v\nwant %+v", seed, c.what, c.got, c.want)
			}
		}
		if len(got.Meta.ID) != 16 {
			t.Errorf("ID %q", got.Meta.ID)
		}
		later := *want
		later.Meta.ImportedAt = time.Now()
		_ = bytesOf(t, &later)
		if later.Meta.ID != want.Meta.ID {
			t.Error("the time of the import changes the ID")
		}
	}
}

func TestSaveLeavesOldOrNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "city.map")
	for seed := range uint64(2) {
		if err := Save(path, randomCity(t, seed)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Save(filepath.Join(dir, "no", "city.map"), randomCity(t, 1)); err == nil {
		t.Error("saved in a folder that isn't there")
	}
	// A folder in the file's place: the rename fails and the temporary file goes.
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(dir, "taken"), randomCity(t, 1)); err == nil {
		t.Error("saved over a folder")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestUnfinishedFilesGoAway: what a crash leaves has a name that the data folder
// clears away at its next start, and is for its owner only.
func TestUnfinishedFilesGoAway(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "city.map")
	if err := os.Mkdir(path, 0o700); err != nil { // so that the rename fails
		t.Fatal(err)
	}
	var rename *os.LinkError
	if err := Save(path, randomCity(t, 1)); !errors.As(err, &rename) || !strings.HasPrefix(filepath.Base(rename.Old), "tmp-") {
		t.Errorf("got %v, want a rename from tmp-...", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, randomCity(t, 1)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
	}
}

func TestDamageIsFound(t *testing.T) {
	whole := bytesOf(t, randomCity(t, 1))
	refused := func(what string, b []byte) {
		t.Helper()
		_, err := Read(bytes.NewReader(b), int64(len(b)))
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotMap) && !errors.Is(err, ErrVersion) {
			t.Fatalf("%s: got %v", what, err)
		}
	}
	for i := 0; i < len(whole); i += 1 + i/200 { // every byte of the table, then fewer
		bad := bytes.Clone(whole)
		bad[i] ^= 0x10
		refused("a byte changed", bad)
		refused("cut short", whole[:i])
	}
	refused("too long", append(bytes.Clone(whole), 0))
	newer := bytes.Clone(whole)
	newer[len(magic)]++
	if _, err := Read(bytes.NewReader(newer), int64(len(newer))); !errors.Is(err, ErrVersion) {
		t.Errorf("a newer format: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// signed makes the checksums right again, so that a fuzzer gets past them.
func signed(b []byte) []byte {
	b = bytes.Clone(b)
	const fixed = len(magic) + 8
	if len(b) < fixed {
		return b
	}
	n := int(binary.LittleEndian.Uint32(b[len(magic)+4:]))
	end := fixed + n*sectionEntry
	if n < 0 || n > maxSections || end+8 > len(b) {
		return b
	}
	at := end + 8
	for i := range n {
		e := b[fixed+i*sectionEntry:]
		size := binary.LittleEndian.Uint64(e[8:])
		if size > uint64(len(b)-at) {
			break
		}
		binary.LittleEndian.PutUint64(e[16:], xxhash.Sum64(b[at:at+int(size)]))
		at += int(size)
	}
	binary.LittleEndian.PutUint64(b[end:], xxhash.Sum64(b[:end]))
	return b
}

// What a forged file says is refused or fits together; it can't make Read panic
// or take memory out of proportion.
func TestForgedFilesAreRefusedOrSound(t *testing.T) {
	whole := bytesOf(t, randomCity(t, 3))
	r := rand.New(rand.NewPCG(5, 6))
	for range 1500 {
		bad := bytes.Clone(whole)
		for range 1 + r.IntN(4) {
			bad[r.IntN(len(bad))] = byte(r.Uint32())
		}
		bad = signed(bad)
		m, err := Read(bytes.NewReader(bad), int64(len(bad)))
		if err == nil {
			_ = bytesOf(t, m)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(bytesOf(f, randomCity(f, 1)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = signed(b)
		m, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		again := bytesOf(t, m)
		back, err := Read(bytes.NewReader(again), int64(len(again)))
		if err != nil {
			t.Fatalf("what was read can't be read again: %v", err)
		}
		if back.Meta.ID != m.Meta.ID || back.Network.Segments() != m.Network.Segments() {
			t.Error("read twice, it differs")
		}
	})
}

// A file of format 1 has no order of segments and is opened all the same.
func TestOldFormatIsOpened(t *testing.T) {
	want := randomCity(t, 3)
	if want.Network.Parts().Order != nil {
		t.Fatal("this city is to have no order")
	}
	b := bytesOf(t, want)
	binary.LittleEndian.PutUint32(b[len(magic):], 1)
	sections := int(binary.LittleEndian.Uint32(b[len(magic)+4:]))
	end := len(magic) + 8 + sections*sectionEntry
	binary.LittleEndian.PutUint64(b[end:], xxhash.Sum64(b[:end]))
	got, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Network.Parts(), want.Network.Parts()) {
		t.Error("the network is another")
	}
}
