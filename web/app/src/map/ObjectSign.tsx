import type { ObjectKind } from "../api/objects";
import ground from "./Ground.module.css";
import { objectGlyphs } from "./objects";

// ObjectSign is the sign of a kind of object as the map has it; words stand beside it.
export function ObjectSign({ kind }: { kind: ObjectKind }) {
  return (
    <svg className={ground.object} viewBox="0 0 20 20" aria-hidden>
      <rect x="1" y="1" width="18" height="18" rx="4.5" />
      <path transform="translate(2.4 2.4) scale(.95)" d={objectGlyphs[kind]} />
    </svg>
  );
}
