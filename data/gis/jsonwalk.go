package gis

import "encoding/json"

// Large files of polygons are mostly numbers, which encoding/json reads into
// slices of slices at great cost. Here bytes that json.Valid has passed are walked
// once more, without copies; that they are valid is what keeps this short.

// members gives the members of an object; of a name that comes twice, the last.
// It is empty for what is no object.
func members(raw []byte) map[string][]byte {
	m := map[string][]byte{}
	for name, value := range ordered(raw) {
		m[name] = value
	}
	return m
}

// ordered goes through the members of an object; of what is no object there are
// none.
func ordered(raw []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		i := space(raw, 0)
		if i == len(raw) || raw[i] != '{' {
			return
		}
		for i = space(raw, i+1); raw[i] != '}'; {
			from := i
			i = skip(raw, i)
			name := textOf(raw[from:i])
			i = space(raw, space(raw, i)+1) // over the colon
			from = i
			i = skip(raw, i)
			if !yield(name, raw[from:i]) {
				return
			}
			if i = space(raw, i); raw[i] == ',' {
				i = space(raw, i+1)
			}
		}
	}
}

// elements goes through an array.
func elements(raw []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for i := space(raw, 1); raw[i] != ']'; {
			from := i
			i = skip(raw, i)
			if !yield(raw[from:i]) {
				return
			}
			if i = space(raw, i); raw[i] == ',' {
				i = space(raw, i+1)
			}
		}
	}
}

// textOf is the text of a JSON string, "" for anything else.
func textOf(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	for _, c := range raw[1 : len(raw)-1] {
		if c == '\\' || c >= 0x80 {
			var s string
			_ = json.Unmarshal(raw, &s)
			return s
		}
	}
	return string(raw[1 : len(raw)-1])
}

// space is the place of the next byte that is no white space.
func space(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// skip is the place after the value that begins at i.
func skip(raw []byte, i int) int {
	depth := 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
			continue
		case ']', '}':
			depth--
		case ',', ':', ' ', '\n', '\t', '\r':
			continue
		default: // a number or a word
			for i+1 < len(raw) && !ends(raw[i+1]) {
				i++
			}
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}

func ends(c byte) bool {
	switch c {
	case ',', ']', '}', ':', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}
