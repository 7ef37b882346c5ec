"""A data set's entry for open-data catalogues: W3C DCAT 3 as JSON-LD.

Nothing in it depends on when or where the set was made, so that equal sets have equal entries.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldentime.files import pretty_json

__all__ = ["LICENCE", "dcat_entry", "file_sums", "sums_text"]

LICENCE = ("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")
"""Of the data sets: name and address. What goes into their pictures is listed in envs/assets/LICENSES.md."""

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TYPES = {
    ".csv": "text/csv", ".jpg": "image/jpeg", ".json": "application/json", ".jsonl": "application/jsonl",
    ".md": "text/markdown", ".txt": "text/plain", ".wav": "audio/vnd.wave", ".yaml": "application/yaml",
}  # fmt: skip
_IANA = "https://www.iana.org/assignments/media-types/"


def file_sums(folder: Path, left_out: tuple[str, ...]) -> dict[str, tuple[str, int]]:
    """SHA-256 and size in bytes of all files of a folder by name, without hidden files and some names or folders."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith(".") and name.split("/")[0] not in left_out:
            data = path.read_bytes()
            found[name] = hashlib.sha256(data).hexdigest(), len(data)
    return found


def sums_text(sums: Mapping[str, tuple[str, int]]) -> bytes:
    """The sums as `sha256sum --check` reads them."""
    return "".join(f"{digest}  {name}\n" for name, (digest, _) in sorted(sums.items())).encode()


def dcat_entry(
    texts: tuple[str, str], statement: Mapping[str, Any], keywords: tuple[str, ...], sums: Mapping[str, tuple[str, int]]
) -> bytes:
    """The file `dcat.jsonld`.

    Args:
        texts: title and description.
        statement: kind, version of the software and configuration, as `dataset.json` has them.
        keywords: what the set may be found by.
        sums: of all files that the entry speaks of. A folder of many files is one distribution, whose sum is that over its
            part of the list of sums.
    """
    groups: dict[str, dict[str, tuple[str, int]]] = {}
    for name, entry in sums.items():
        groups.setdefault(name.split("/")[0], {})[name] = entry
    identity = hashlib.sha256(sums_text(sums)).hexdigest()
    name, address = LICENCE
    return pretty_json(
        {
            "@context": _CONTEXT,
            "@type": "dcat:Dataset",
            "@id": f"urn:sha256:{identity}",
            "dct:identifier": identity,
            "dct:title": {"@value": texts[0], "@language": "en"},
            "dct:description": {"@value": texts[1], "@language": "en"},
            "dct:license": {"@id": address, "dct:title": name},
            "dct:language": [{"@value": "ko"}, {"@value": "en"}],
            "dcat:keyword": list(keywords),
            "dcat:version": "1",
            "prov:wasGeneratedBy": {
                "@type": "prov:Activity",
                "dct:title": f"goldentime dataset make {statement['kind']}",
                "prov:wasAssociatedWith": {
                    "@type": "prov:SoftwareAgent",
                    "dct:title": "goldentime",
                    "dcat:version": statement["goldentime"],
                },
                "prov:used": {"@type": "prov:Entity", "prov:value": {"@type": "@json", "@value": statement["config"]}},
            },
            "dcat:distribution": [_distribution(group, files) for group, files in sorted(groups.items())],
        }
    )


def _distribution(group: str, files: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
    alone = list(files) == [group]
    digest = files[group][0] if alone else hashlib.sha256(sums_text(files)).hexdigest()
    kinds = sorted({_TYPES.get(Path(name).suffix, "application/octet-stream") for name in files})
    return {
        "@type": "dcat:Distribution",
        "dct:title": group if alone else f"{group}/ ({len(files)} files)",
        "dcat:accessURL": {"@id": group if alone else f"{group}/"},
        "dcat:mediaType": [{"@id": f"{_IANA}{kind}"} for kind in kinds],
        "dcat:byteSize": {"@value": str(sum(size for _, size in files.values())), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": digest,
        },
    }
