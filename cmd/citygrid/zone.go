package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"citygrid/data/gis"
	"citygrid/data/mapfile"
	"citygrid/data/store"
	"citygrid/data/zonefile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"
	"citygrid/grid/zone"
)

type zoneCmd struct {
	Import zoneImportCmd `cmd:"" help:"Add zones from a file: parking frames, loading bays, stalls, streets."`
}

type objectCmd struct {
	Import objectImportCmd `cmd:"" help:"Add objects of the register from a file: shops, contact points, stations, cameras."`
}

// placeFile is a file of things that lie at streets, for commands that take one in.
type placeFile struct {
	Data   string `help:"Data folder." default:"citygrid-data" type:"path"`
	Name   string `help:"The column that names the rows; the one that looks like it by default." placeholder:"COLUMN"`
	Datum  string `help:"The datum of the file's positions: wgs84, cgcs2000, gcj02 or bd09; they are turned into WGS 84." default:"wgs84" enum:"wgs84,cgcs2000,gcj02,bd09"`
	Apart  bool   `help:"Also take rows that no street is near."`
	Skip   bool   `help:"Leave out the rows with faults; without it, a file with faults adds nothing."`
	DryRun bool   `help:"Say what is in the file, and add nothing."`
	JSON   bool   `help:"Print one JSON object." name:"json"`
	File   string `arg:"" help:"The rows: GeoJSON, a zipped Shapefile, KML or CSV." type:"path"`
}

// maxPlaceFile is how large a file may be.
const maxPlaceFile = 64 << 20

// read gives the file, the streets of the data folder, nil without a map, and the datum.
func (c *placeFile) read() (data []byte, n *street.Network, d geo.Datum, err error) {
	if d, err = geo.ParseDatum(c.Datum); err != nil {
		return nil, nil, d, badInput(fmt.Errorf("--datum: %w", err))
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return nil, nil, d, badInput(err)
	}
	if info.Size() > maxPlaceFile {
		return nil, nil, d, badInput(fmt.Errorf("%s has %d bytes, the limit is %d: cut it in two", c.File, info.Size(), maxPlaceFile))
	}
	if data, err = os.ReadFile(c.File); err != nil {
		return nil, nil, d, badInput(err)
	}
	m, err := mapfile.Open(store.MapPath(c.Data))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return data, nil, d, nil
	case err != nil:
		return nil, nil, d, badInput(err)
	}
	return data, m.Network, d, nil
}

// A placeFault is what is wrong with a row.
type placeFault struct {
	Row   int       `json:"row"`
	Field string    `json:"field,omitempty"`
	What  string    `json:"what"`
	Mend  string    `json:"mend"`
	At    []float64 `json:"at,omitempty"`
}

// placesTaken is what a file came to.
type placesTaken struct {
	Format     string         `json:"format"`
	Rows       int            `json:"rows"`
	Good       int            `json:"good"`
	Imported   int            `json:"imported"`
	AtStreets  int            `json:"at_streets"`
	Segments   int            `json:"segments"`
	Left       int            `json:"left"`
	Right      int            `json:"right"`
	Kinds      map[string]int `json:"kinds"`
	Datum      string         `json:"datum"`
	Better     string         `json:"better,omitempty"`
	Faults     []placeFault   `json:"faults"`
	MoreFaults int            `json:"more_faults"`
}

// String is the same for people.
func (t placesTaken) String() string {
	s := ""
	for _, f := range t.Faults {
		s += fmt.Sprintf("row %d: %s: %s\n", f.Row, f.What, f.Mend)
	}
	if t.MoreFaults > 0 {
		s += fmt.Sprintf("and %d more faults\n", t.MoreFaults)
	}
	if t.Better != "" {
		s += fmt.Sprintf("read as %s few of them lie at streets: try --datum %s\n", t.Datum, t.Better)
	}
	return s + fmt.Sprintf("%d rows, %d without a fault, %d at %d stretches of street (%d left, %d right); %d added",
		t.Rows, t.Good, t.AtStreets, t.Segments, t.Left, t.Right, t.Imported)
}

func taken(r *zonefile.Reading) placesTaken {
	t := placesTaken{
		Format: string(r.Format), Rows: r.Rows, AtStreets: r.OnStreets, Segments: r.StreetsHit, Kinds: map[string]int{}, Datum: r.Datum.String(),
		Faults: []placeFault{}, MoreFaults: r.MoreFaults,
	}
	if r.Better != r.Datum {
		t.Better = r.Better.String()
	}
	for _, f := range r.Faults {
		fault := placeFault{Row: f.Row, Field: f.Field, What: f.What, Mend: f.Mend}
		if f.At != nil {
			fault.At = f.At[:]
		}
		t.Faults = append(t.Faults, fault)
	}
	return t
}

func (t *placesTaken) add(kind string, b *street.Beside) {
	t.Good++
	t.Kinds[kind]++
	switch {
	case b == nil:
	case b.Side == street.Left:
		t.Left++
	case b.Side == street.Right:
		t.Right++
	}
}

// end prints what a file came to and writes it, unless it is not to be.
func (c *placeFile) end(e *env, t placesTaken, write func() (int, error)) (err error) {
	refused := len(t.Faults) > 0 && !c.Skip && !c.DryRun
	if !refused && !c.DryRun {
		if t.Imported, err = write(); err != nil {
			return err
		}
	}
	if c.JSON {
		err = printResult(e.stdout, true, t)
	} else {
		_, err = fmt.Fprintln(e.stdout, t)
	}
	if err != nil {
		return err
	}
	if refused {
		return badInput(fmt.Errorf("%s: %d rows have faults, and nothing was added: mend them, or leave them out with --skip", c.File, len(t.Faults)+t.MoreFaults))
	}
	return nil
}

// unread marks what is wrong with a file as a whole as the user's to mend.
func (c *placeFile) unread(err error) error {
	if errors.Is(err, gis.ErrFormat) || errors.Is(err, zonefile.ErrTooMany) {
		return badInput(fmt.Errorf("%s: %w", c.File, err))
	}
	return err
}

type zoneImportCmd struct {
	placeFile
	Kind   zone.Kind `help:"Kind of the zones, whose usual rule they get: no-dog, timed, no-parking, strict-road, parking-frame, loading, stall, market, drop-off, station, water or other." required:""`
	Width  float64   `help:"Width of lines in metres; usual for the kind by default."`
	Radius float64   `help:"Radius around points in metres; usual for the kind by default."`
}

// Help says what becomes of the rows.
func (zoneImportCmd) Help() string {
	return `Polygons become ground, lines streets with a width, points points with a radius. Each is held against the street that it
lies at, and keeps it and the side. All rows are added, or none. While the server runs, use the page /studio/zones.`
}

// Run adds the zones of a file.
func (c *zoneImportCmd) Run(e *env) (err error) {
	if !slices.Contains(zone.Kinds(), c.Kind) {
		return badInput(fmt.Errorf("--kind %.40q: want one of %v", c.Kind, zone.Kinds()))
	}
	for flag, v := range map[string]float64{"--width": c.Width, "--radius": c.Radius} {
		if !(v >= 0 && v <= zone.MaxRadiusM) {
			return badInput(fmt.Errorf("%s %v: want metres above 0", flag, v))
		}
	}
	st, err := openForImport(c.Data, "/studio/zones")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	data, n, datum, err := c.read()
	if err != nil {
		return err
	}
	r, err := zonefile.Read(data, n, zonefile.Options{Kind: c.Kind, Name: c.Name, Datum: &datum, WidthM: c.Width, RadiusM: c.Radius, Apart: c.Apart})
	if err != nil {
		return c.unread(err)
	}
	t := taken(r)
	for _, row := range r.Good {
		t.add(string(row.Zone.Kind), row.Zone.Beside)
	}
	return c.end(e, t, func() (int, error) {
		act := consoleAct("zone.import", "zone")
		act.Detail = fmt.Sprintf("%d %s of %d rows of a file", len(r.Good), c.Kind, r.Rows)
		added, err := st.AddZones(e.ctx, r.Zones(), act)
		return len(added), err
	})
}

type objectImportCmd struct {
	placeFile
	Kind       register.ObjectKind `help:"Kind of all rows: shop, caterer, breakfast, building, property, community, volunteers, contact, station or camera; by default a column says it."`
	KindColumn string              `help:"The column that says the kind; the one that looks like it by default." placeholder:"COLUMN"`
	Code       string              `help:"The column of codes; the one that looks like it by default." placeholder:"COLUMN"`
}

// Help says what becomes of the rows.
func (objectImportCmd) Help() string {
	return `Each row is put at the street nearest to it, and keeps the side. What the register has already is a fault, so that nothing
comes twice. All rows are added, or none. While the server runs, use the page /studio/zones.`
}

// Run adds the objects of a file.
func (c *objectImportCmd) Run(e *env) (err error) {
	if c.Kind != "" && !slices.Contains(register.ObjectKinds(), c.Kind) {
		return badInput(fmt.Errorf("--kind %.40q: want one of %v", c.Kind, register.ObjectKinds()))
	}
	st, err := openForImport(c.Data, "/studio/zones")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	data, n, datum, err := c.read()
	if err != nil {
		return err
	}
	have, err := st.Objects(e.ctx)
	if err != nil {
		return err
	}
	r, err := zonefile.ReadObjects(data, n, have, zonefile.ObjectOptions{
		Kind: c.Kind, KindColumn: c.KindColumn, Name: c.Name, Code: c.Code, Datum: &datum, Apart: c.Apart,
	})
	if err != nil {
		return c.unread(err)
	}
	t := taken(&r.Reading)
	for _, row := range r.Objects {
		t.add(string(row.Object.Kind), row.Object.Beside)
	}
	return c.end(e, t, func() (int, error) {
		act := consoleAct("object.import", "object")
		act.Detail = fmt.Sprintf("%d of %d rows of a file", len(r.Objects), r.Rows)
		added, err := st.ImportObjects(e.ctx, r.List(), act)
		return len(added), err
	})
}

// openForImport opens a folder that is there. While the server has it, files are taken
// in on a page.
func openForImport(dir, page string) (*store.Store, error) {
	if err := mustExist(dir); err != nil {
		return nil, err
	}
	st, err := store.Open(dir, store.Options{})
	if errors.Is(err, store.ErrLocked) {
		return nil, badInput(fmt.Errorf("%w; use the page %s, or stop the server first", err, page))
	}
	return st, err
}
