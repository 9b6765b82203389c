//! The parts of a room in one file. The splitter makes a file of what each set of rooms shares, some seventy for a page:
//! apart they compress a quarter worse than together, and each is a request.
//!
//! A room's file begins with the length of its index (four bytes, little endian), then the index, a JSON object from a
//! part's name to where it begins and ends in what follows, then the parts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// What the loader says of each part, and what stands there instead. The array of what a room needs is gone through from
/// its beginning, at once: `room` tells which file the parts after it are in.
const FETCH: (&str, &str) = ("fetch(new URL(\"./", ".wasm\", import.meta.url))");
const INSTANTIATE: (&str, &str) =
    ("WebAssembly.instantiateStreaming(src, imports)", "src.then((bytes) => WebAssembly.instantiate(bytes, imports))");
const LOADER: &str = "export const __wasm_split_load_";
const NEEDS: &str = "\n, [";

/// Fetches rooms, once each unless it fails, and finds parts in them.
const READER: &str = r"
const rooms = {};
let parts;
function room(name) {
    parts = rooms[name] ??= fetch(new URL(`./${name}.room`, import.meta.url)).then(async (answer) => {
        if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
        const bytes = await answer.arrayBuffer();
        const start = 4 + new DataView(bytes).getUint32(0, true);
        const index = JSON.parse(new TextDecoder().decode(bytes.slice(4, start)));
        return (part) => bytes.slice(start + index[part][0], start + index[part][1]);
    });
    const asked = parts;
    asked.catch(() => { if (rooms[name] === asked) delete rooms[name]; });
    return asked;
}
function part(name) {
    return parts.then((find) => find(name));
}
";

/// The name of a room's file.
pub fn file(room: &str) -> String {
    format!("{room}.room")
}

/// Puts the parts of each room into its file and takes the single ones away.
pub fn pack(folder: &Path, rooms: &BTreeMap<String, Vec<String>>) -> Result<()> {
    let path = |part: &str| folder.join(format!("{part}.wasm"));
    for (room, parts) in rooms {
        let mut index = BTreeMap::new();
        let mut all = Vec::new();
        for part in parts {
            let begin = all.len();
            all.extend(fs::read(path(part)).with_context(|| format!("reading the part {part} of {room}"))?);
            index.insert(part, [begin, all.len()]);
        }
        let index = serde_json::to_vec(&index)?;
        let length = u32::try_from(index.len())?.to_le_bytes();
        fs::write(folder.join(file(room)), [&length[..], &index, &all].concat())?;
    }
    for part in rooms.values().flatten() {
        let path = path(part);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The loader that the splitter wrote, made to read parts out of rooms. An error if it looks otherwise than it did with
/// the splitter this was written for.
pub fn read_from_rooms(loader: &str) -> Result<String> {
    let parts = loader.matches(FETCH.0).count();
    ensure!(parts > 0 && loader.matches(INSTANTIATE.0).count() == parts, "the splitter's loader fetches in a new way");
    let mut out = String::with_capacity(loader.len() + READER.len());
    let mut rest = loader;
    while let Some((before, after)) = rest.split_once(FETCH.0) {
        let (name, after) = after.split_once(FETCH.1).context("a part without an address")?;
        out.extend([before, "part(\"", name, "\")"]);
        rest = after;
    }
    out += rest;
    let out = out.replace(INSTANTIATE.0, INSTANTIATE.1);

    let mut pieces = out.split(LOADER);
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, _) = piece.split_once(' ').context("a room without a name")?;
        let (fetcher, needs) = piece.split_once(NEEDS).with_context(|| format!("what {name} needs is not said"))?;
        whole.extend([LOADER, fetcher, NEEDS, "() => room(\"", name, "\"), ", needs]);
    }
    Ok(whole + READER)
}

#[cfg(test)]
mod tests {
    use super::read_from_rooms;

    #[test]
    fn the_loader_reads_from_rooms() {
        let loader = "const __chunk_9 = makeLoad(() => {\n    const src = fetch(new URL(\"./chunk_9.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []);\nexport const __wasm_split_load_orders = wrapAsyncCb(makeLoad(() => {\n    const src = fetch(new URL(\"./split_orders.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, [__chunk_9]));\n";
        let read = read_from_rooms(loader).unwrap();
        assert!(read.contains("const src = part(\"chunk_9\");"), "{read}");
        assert!(read.contains("const src = part(\"split_orders\");"), "{read}");
        assert!(read.contains(", [() => room(\"orders\"), __chunk_9]));"), "{read}");
        assert!(read.contains(", []);"), "a part needs no other: {read}");
        assert_eq!(read.matches("instantiateStreaming").count(), 0);
        assert!(read_from_rooms("something else").is_err());
    }
}
