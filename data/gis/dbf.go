package gis

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// decodeDBF reads the table of a Shapefile (dBASE III) as JSON objects, a row each.
// cpg names the encoding of its texts; without it they are UTF-8 where they can be,
// else GB 18030.
func decodeDBF(b []byte, cpg string, l Limits) ([]json.RawMessage, error) {
	if b == nil {
		return nil, nil
	}
	if len(b) < 33 {
		return nil, bad("its .dbf is damaged: it has no header")
	}
	rows, head, size := int64(binary.LittleEndian.Uint32(b[4:])), int64(binary.LittleEndian.Uint16(b[8:])), int64(binary.LittleEndian.Uint16(b[10:]))
	if head < 33 || size < 1 || head > int64(len(b)) {
		return nil, bad("its .dbf is damaged: the header says rows of %d bytes from byte %d", size, head)
	}
	text := textsOf(cpg)
	type field struct {
		name string
		kind byte
		from int64
		size int64
	}
	var fields []field
	from := int64(1) // the first byte of a row marks deleted ones
	for at := int64(32); at+32 <= head && b[at] != 0x0D; at += 32 {
		name, _, _ := bytes.Cut(b[at:at+11], []byte{0})
		f := field{text(bytes.TrimSpace(name)), b[at+11], from, int64(b[at+16])}
		if from += f.size; from > size {
			return nil, bad("its .dbf is damaged: field %s goes beyond the row", clip(f.name))
		}
		if f.size > 0 { // one that is nothing would be told for each row all the same
			fields = append(fields, f)
		}
	}
	rows = min(rows, (int64(len(b))-head)/size, int64(l.Features))
	left := l.Bytes
	out := make([]json.RawMessage, 0, rows)
	for i := range rows {
		row := b[head+i*size : head+(i+1)*size]
		var o bytes.Buffer
		o.WriteByte('{')
		for k, f := range fields {
			if k > 0 {
				o.WriteByte(',')
			}
			name, _ := json.Marshal(f.name)
			o.Write(name)
			o.WriteByte(':')
			o.Write(cell(f.kind, row[f.from:f.from+f.size], text))
		}
		o.WriteByte('}')
		if left -= o.Len(); left < 0 {
			return nil, l.wide()
		}
		out = append(out, o.Bytes())
	}
	return out, nil
}

// cell is a value of the table in JSON.
func cell(kind byte, raw []byte, text func([]byte) string) []byte {
	s := strings.TrimSpace(strings.TrimRight(string(raw), "\x00"))
	switch kind {
	case 'N', 'F':
		if _, err := strconv.ParseFloat(s, 64); err == nil && json.Valid([]byte(s)) {
			return []byte(s)
		}
		return []byte("null")
	case 'L':
		switch s {
		case "T", "t", "Y", "y":
			return []byte("true")
		case "F", "f", "N", "n":
			return []byte("false")
		}
		return []byte("null")
	}
	out, _ := json.Marshal(strings.TrimSpace(text(bytes.TrimRight(raw, "\x00 "))))
	return out
}

// textsOf reads texts of an encoding by its name in a .cpg.
func textsOf(cpg string) func([]byte) string {
	decode := func(e encoding.Encoding) func([]byte) string {
		return func(b []byte) string {
			out, err := e.NewDecoder().Bytes(b)
			if err != nil {
				return strings.ToValidUTF8(string(b), "?")
			}
			return string(out)
		}
	}
	name := strings.ToUpper(strings.TrimSpace(cpg))
	switch {
	case strings.Contains(name, "GB") || strings.Contains(name, "936") || strings.Contains(name, "54936"):
		return decode(simplifiedchinese.GB18030)
	case strings.Contains(name, "8859") || strings.Contains(name, "1252"):
		return decode(charmap.Windows1252)
	}
	chinese := decode(simplifiedchinese.GB18030)
	return func(b []byte) string {
		if utf8.Valid(b) {
			return string(b)
		}
		return chinese(b)
	}
}
