"""Models whose parameters are one JSON file: what they share of the protocol."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from .artifact import PRETRAINED, read_artifact, retrain, write_artifact
from .errors import ModelError

__all__ = ["JsonModel"]


class JsonModel:
    """Loads, saves and copies a model of one JSON file.

    Parameters
    ----------
    parameters : dict
        As in that file.
    manifest : dict
        As in ``manifest.json``.

    Attributes
    ----------
    model_id : str
        The model, as its manifest names it.
    """

    kind: ClassVar[str]
    features: ClassVar[tuple[str, ...]] = ()
    definition: ClassVar[str] = ""
    indent: ClassVar[int | None] = 1

    def __init__(self, parameters: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        self.manifest, self.parameters = dict(manifest), dict(parameters)
        self.model_id = str(manifest["model_id"])

    @classmethod
    def file(cls) -> str:
        """Return the file's name."""
        return f"{cls.kind}.json"

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Return a model that was saved and signed; the shipped one by default.

        Raises
        ------
        ModelError
            If a file is missing, cut off or altered, or it was trained on another definition of the features.
        """
        path = Path(directory) if directory else PRETRAINED / cls.kind
        artifact = read_artifact(path, cls.kind, cls.features, cls.definition)
        try:
            parameters = json.loads(artifact.text(cls.file()))
        except ValueError as error:
            raise ModelError(f"{path / cls.file()} cannot be read ({error}): {retrain(cls.kind)}") from None
        return cls(parameters, artifact.manifest)

    def save(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        """Write parameters and manifest, unsigned."""
        write_artifact(directory, dict(manifest), self.files())

    def files(self) -> dict[str, str]:
        """Return the model's files by name."""
        return {self.file(): json.dumps(self.parameters, indent=self.indent) + "\n"}

    def fresh(self) -> Self:
        """Return the same model without any observation: one for each pair."""
        return type(self)(self.parameters, self.manifest)

    def damaged(self, why: object) -> ModelError:
        """Return the error that says what is wrong with the file, and what to do."""
        return ModelError(f"{self.file()} of {self.model_id} {why}: {retrain(self.kind)}")
