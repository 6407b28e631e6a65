// The scale bar: the roundest length (1, 2 or 5 times a power of ten) that fits.
// Mercator at zoom z draws the equator (40,075,016.686 m, WGS 84) on 512 * 2^z
// pixels and stretches by 1/cos(latitude).
export function scaleFor(zoom: number, latitude: number, widthPx: number): { metres: number; pixels: number } {
  const perPixel = (40_075_016.686 * Math.cos((latitude * Math.PI) / 180)) / (512 * 2 ** zoom);
  const most = perPixel * widthPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((s) => s * power <= most) ?? 1;
  return { metres: step * power, pixels: Math.round((step * power) / perPixel) };
}
