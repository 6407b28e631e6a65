package web

import (
	"context"
	"net/http"
	"strings"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/danielgtaylor/huma/v2"
)

// A DeviceSubject is whose position a device reports.
type DeviceSubject struct {
	Class zone.Class `json:"class"`
	ID    int64      `json:"id"`
}

// Schema lets a device be nobody's: huma's validation takes null for an object
// only where the object says so itself.
func (DeviceSubject) Schema(huma.Registry) *huma.Schema {
	classes := []any{string(zone.Person), string(zone.Vehicle), string(zone.Dog)}
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false, Required: []string{"class", "id"},
		Properties: map[string]*huma.Schema{
			"class": {Type: huma.TypeString, Enum: classes},
			"id":    {Type: huma.TypeInteger, Format: "int64"},
		},
	}
}

// DeviceFields are what an admin says of a device that is there.
type DeviceFields struct {
	Class    register.DeviceClass `json:"class" enum:"phone,vehicle,dog-tag"`
	Protocol string               `json:"protocol" maxLength:"32" example:"osmand" doc:"osmand, owntracks, json, gt06 ..."`
	Datum    string               `json:"datum" enum:"wgs84,gcj02,bd09" doc:"of the positions that it reports"`
	Subject  *DeviceSubject       `json:"subject" doc:"whom it reports for; null: nobody yet. A dog tag that has its dog keeps it."`
	Disabled bool                 `json:"disabled"`
}

// NewDeviceFields are what an admin says of a new device.
type NewDeviceFields struct {
	ID string `json:"id" maxLength:"128" doc:"what it reports under: an IMEI, a serial number; never given twice"`
	DeviceFields
}

// A Device is what reports positions.
type Device struct {
	ID string `json:"id"`
	DeviceFields
	SubjectName string `json:"subject_name" doc:"the name of the person or dog, the plate of the vehicle; empty without a subject"`
	HasSecret   bool   `json:"has_secret"`
	Version     int64  `json:"version" doc:"send it as If-Match with a change"`
}

func (Device) plural() string { return "devices" }

type (
	newDeviceOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Device Device `json:"device"`
			Secret string `json:"secret" doc:"told this once: type it into the device"`
		}
	}
	secretOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Secret string `json:"secret" doc:"told this once: type it into the device; the old one is void"`
		}
	}
)

func devices() entries[register.DeviceID, register.Device, DeviceFields, Device] {
	fields := func(d register.Device) DeviceFields {
		f := DeviceFields{d.Class, d.Protocol, d.Datum.String(), nil, d.Disabled}
		if d.Subject.ID != 0 {
			f.Subject = &DeviceSubject{d.Subject.Class, d.Subject.ID}
		}
		return f
	}
	return entries[register.DeviceID, register.Device, DeviceFields, Device]{
		one: "device", list: Store.Devices, get: Store.Device, update: Store.UpdateDevice,
		id:      func(d register.Device) register.DeviceID { return d.ID },
		version: func(d register.Device) int64 { return d.Version },
		fields:  fields,
		with:    withDeviceFields,
		show: func(w *view, d register.Device) Device {
			return Device{string(d.ID), fields(d), w.nameOf(d.Subject), d.SecretHash != "", d.Version}
		},
		within: func(w *view, d register.Device) ([]grid.AreaID, error) { return w.ofSubject("subject", d.Subject) },
		fill:   (*view).fillSubjects,
	}
}

func withDeviceFields(d register.Device, f DeviceFields) register.Device {
	d.Class, d.Protocol, d.Disabled = f.Class, f.Protocol, f.Disabled
	d.Datum, _ = geo.ParseDatum(f.Datum) // the schema has them all; "" is the first, WGS 84
	d.Subject = register.Subject{}
	if f.Subject != nil {
		d.Subject = register.Subject{Class: f.Subject.Class, ID: f.Subject.ID}
	}
	return d
}

// nameOf is what people call a subject; "" when it is not there.
func (w *view) nameOf(of register.Subject) string {
	switch of.Class {
	case zone.Person:
		p, _ := w.people.get(w.ctx, people.ID(of.ID))
		return p.Name
	case zone.Vehicle:
		v, _ := w.vehicles.get(w.ctx, register.VehicleID(of.ID))
		return v.Plate
	case zone.Dog:
		d, _ := w.dogs.get(w.ctx, register.DogID(of.ID))
		return d.Name
	}
	return ""
}

func (w *view) fillSubjects() error {
	for _, fill := range []func(context.Context) error{w.teams.fill, w.people.fill, w.vehicles.fill, w.dogs.fill} {
		if err := fill(w.ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) deviceRoutes() {
	e := devices()
	e.routes(s)
	s.trackerRoutes()
	tags := []string{"devices"}
	handle(s, huma.Operation{
		OperationID: "addDevice", Method: http.MethodPost, Path: "/api/devices", Tags: tags,
		Summary: "Register a device and draw its secret", DefaultStatus: http.StatusCreated,
		Description: "The secret is told this once. 409 registers.taken: another device has this id.",
	}, func(ctx context.Context, in *addInput[NewDeviceFields]) (*newDeviceOutput, error) {
		w, err := s.view(ctx)
		if err != nil {
			return nil, err
		}
		var fields NewDeviceFields
		if err := in.Body.apply(&fields); err != nil {
			return nil, err
		}
		d := withDeviceFields(register.Device{ID: register.DeviceID(fields.ID)}, fields.DeviceFields)
		if f := reservedID(d.ID); f != "" {
			return nil, invalid("registers.invalid", "body.id", "%s", f)
		}
		if err := e.may(w, d); err != nil {
			return nil, err
		}
		secret := register.NewSecret()
		if d.SecretHash, err = register.HashSecret(secret); err != nil {
			return nil, err
		}
		d, err = s.store.AddDevice(ctx, d, s.act(ctx, "device.add", "", ""))
		told, err := e.answer(ctx, s, w, d, err)
		if err != nil {
			return nil, err
		}
		for _, by := range []string{d.Protocol, "mqtt"} { // MQTT asks for the secret, not for a protocol
			s.unknown.Forget(by, string(d.ID))
		}
		out := &newDeviceOutput{ETag: told.ETag, CacheControl: noStore}
		out.Body.Device, out.Body.Secret = told.Body, secret
		return out, nil
	})
	handle(s, huma.Operation{
		OperationID: "giveDeviceSecret", Method: http.MethodPost, Path: "/api/devices/{id}/secret", Tags: tags,
		Summary: "Draw a new secret for a device", Description: "The old one is void at once. If-Match is the device's version.",
	}, func(ctx context.Context, in *removeInput[register.DeviceID]) (*secretOutput, error) {
		w, d, err := e.reach(ctx, s, in.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		secret := register.NewSecret()
		if d.SecretHash, err = register.HashSecret(secret); err != nil {
			return nil, err
		}
		d, err = s.store.UpdateDevice(ctx, d, s.act(ctx, "device.secret", e.object(d), ""))
		told, err := e.answer(ctx, s, w, d, err)
		if err != nil {
			return nil, err
		}
		out := &secretOutput{ETag: told.ETag, CacheControl: noStore}
		out.Body.Secret = secret
		return out, nil
	})
}

// reservedID says why an id is not for a device: "" when it is. People's phone
// pages report under web-ID.
func reservedID(id register.DeviceID) string {
	if strings.HasPrefix(string(id), "web-") {
		return "ids that begin with web- are those of people's phone pages: choose another"
	}
	return ""
}
