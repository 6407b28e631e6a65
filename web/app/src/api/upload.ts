import { Problem, Unreachable } from "./problem";

export interface Upload {
  done: Promise<void>;
  cancel(): void;
}

// upload streams a file to the server and reports the sent fraction. fetch can
// not report progress, so this is the one place with an XMLHttpRequest.
export function upload(
  path: string,
  file: File,
  headers: Record<string, string>,
  progress: (fraction: number) => void,
): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<void>((resolve, reject) => {
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => {
      if (e.lengthComputable) progress(e.loaded / e.total);
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(new Problem(request.status, parse(request.responseText)));
    };
    request.onerror = () => reject(new Unreachable(null));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
