// Package path finds the way on the street network: routes, tables of times and
// the ground that can be reached in some minutes.
//
// An Engine stands on a customizable contraction hierarchy over states, which are
// segments in a direction (hierarchy.go): its order is found once for a map
// (geo/street/dissect) and serves every profile; its costs (metric.go) are found
// in some tens of milliseconds for new speeds everywhere, and in well under one
// for a closed street (Engine.With), without a lock and beside any number of other
// engines. Routes and tables climb its elimination tree (climb.go, table.go). For
// what needs all streets around a place, Engine.Snap gives candidates for a
// position and Engine.Within goes out from one of them.
//
// A route is the quickest one for a Profile on the edge-based graph: its nodes
// are segments in a direction, so turns have costs and can be banned. Of the
// map's rules it keeps
//
//   - access by vehicle class and direction (one-ways);
//   - turn bans, no_ and only_, over a junction or over via ways, with except and
//     restriction:<vehicle>; only_ over via ways binds those who came along all of
//     them. A ban whose only way on is closed to the profile anyway is ignored;
//   - barriers that stop the profile's vehicle; gates that open cost time;
//   - private ground (access=private, destination and the like) at the ends of a
//     route only, never in between;
//   - U-turns at dead ends, before barriers and where only private ground goes on,
//     and nowhere else unless the profile says so.
//
// What holds only at times or for some sizes is not kept yet: conditional
// restrictions count as not there, conditional access and maxspeed as their
// unconditional tags, and limits of height, width and weight (street.Rules) as
// none. They come with the profiles of trucks and the calendar.
//
// Costs are whole milliseconds. Lengths are geo.Metres, times time.Duration,
// points longitude first in WGS 84 degrees. Engines may be shared between
// goroutines.
package path
