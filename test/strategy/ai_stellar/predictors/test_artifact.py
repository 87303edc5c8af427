"""A model on disk: whole, signed by someone trusted, and nothing else; or it is refused in one sentence."""

import json
import os
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.artifact import (
    PRETRAINED,
    read_artifact,
    read_whole,
    write_artifact,
)
from hummingbot.strategy.ai_stellar.predictors.signature import (
    own_key,
    public_key,
    sign,
    trusted_keys,
    verify,
)
from hummingbot.strategy.ai_stellar.research.publication import sign_model

NAMES, DEFINITION = ("return_1", "volatility"), "0123456789abcdef"
FILES = {"weights.safetensors": bytes(range(256)), "parameters.json": '{"alpha": 0.1}', "trees.txt": "tree\n"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AI_STELLAR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def manifest(**changes):
    features = {"names": list(NAMES), "definition": DEFINITION}
    return {"kind": "price", "model_id": "a-model", "features": features, **changes}


def written(directory, key, files=FILES, **changes):
    write_artifact(directory, manifest(**changes), files)
    (directory / "manifest.sig").write_bytes(sign((directory / "manifest.json").read_bytes(), key))
    return directory


@pytest.fixture
def model(home, tmp_path):
    return written(tmp_path / "price", own_key())


def refusal(model, kind="price"):
    """Return the one sentence with which a model is refused."""
    with pytest.raises(ModelError) as caught:
        read_artifact(model, kind, NAMES, DEFINITION)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_was_written_is_read(model):
    artifact = read_artifact(model, "price", NAMES, DEFINITION)
    assert artifact.manifest["model_id"] == "a-model"
    assert artifact.content("weights.safetensors") == bytes(range(256))
    assert json.loads(artifact.text("parameters.json")) == {"alpha": 0.1}


@pytest.mark.parametrize("name", ["manifest.json", *FILES])
def test_a_missing_file_is_named_with_the_remedy(model, name):
    (model / name).unlink()
    assert f"{model / name} is missing: restore it" in refusal(model)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", *FILES])
def test_a_file_cut_off_is_named(model, name):
    content = (model / name).read_bytes()
    (model / name).write_bytes(content[: len(content) // 2])
    assert f"{model / name} is cut off or altered" in refusal(model)


@pytest.mark.parametrize("name", FILES)
def test_one_altered_bit_is_found_in_every_byte_of_a_file(model, name):
    whole = (model / name).read_bytes()
    for k in range(len(whole)):
        (model / name).write_bytes(whole[:k] + bytes([whole[k] ^ 1]) + whole[k + 1 :])
        assert f"{model / name} is cut off or altered" in refusal(model)


def test_one_altered_bit_is_found_in_every_byte_of_the_manifest(model):
    path = model / "manifest.json"
    whole = path.read_bytes()
    for k in range(len(whole)):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ 1]) + whole[k + 1 :])
        assert str(path) in refusal(model)


def test_no_altered_signature_holds(model):
    path = model / "manifest.sig"
    fields = json.loads(path.read_text())
    for k in range(0, 128, 7):
        digit = "0" if fields["signature"][k] != "0" else "1"
        wrong = fields["signature"][:k] + digit + fields["signature"][k + 1 :]
        path.write_text(json.dumps({**fields, "signature": wrong}))
        assert "its signature does not hold" in refusal(model)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"files": 3}', b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_rubbish_is_no_manifest_and_no_signature(model, name, content):
    (model / name).write_bytes(content)
    assert f"{model / name} is cut off or altered" in refusal(model)


def test_a_model_without_signature_is_refused_with_what_to_do(model):
    (model / "manifest.sig").unlink()
    assert f"is not signed ({model / 'manifest.sig'} is missing)" in refusal(model)
    assert f"'ai-stellar models sign {model}'" in refusal(model)


def test_a_signature_by_an_unknown_key_is_refused_until_that_key_is_trusted(home, model):
    stranger = SigningKey(bytes(range(32)))
    written(model, stranger)
    assert f"signed by the unknown key {public_key(stranger)}" in refusal(model)
    with (home / "trusted_model_keys").open("a") as out:
        out.write(f"\n# a friend's\n{public_key(stranger)} a friend\n")
    assert verify(model, (model / "manifest.json").read_bytes()) == "a friend"
    read_artifact(model, "price", NAMES, DEFINITION)


def test_a_line_that_is_no_key_among_the_trusted_is_named(home, model):
    (home / "trusted_model_keys").write_text("# keys\nnot a key\n")
    assert f"line 2 of {home / 'trusted_model_keys'} is no public key" in refusal(model)


def test_ones_own_key_is_made_once_and_for_ones_own_eyes(home):
    first = own_key()
    assert own_key() == first
    assert (home / "model_key").stat().st_mode & 0o777 == 0o600
    assert trusted_keys()[public_key(first)] == "your own"


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "é"])
def test_a_file_without_key_is_refused_and_not_quoted(tmp_path, content):
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(ModelError, match="does not hold 64 hex digits") as caught:
        own_key(path)
    assert not content or content not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_a_key_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match="absent cannot be read"):
        own_key(tmp_path / "absent")


def test_a_model_of_another_definition_of_the_features_is_refused(home, tmp_path):
    other = {"names": list(NAMES), "definition": "fedcba9876543210"}
    sentence = refusal(written(tmp_path / "price", own_key(), features=other))
    assert "fedcba9876543210" in sentence
    assert DEFINITION in sentence


def test_a_model_of_another_kind_is_refused(model):
    assert "is of the kind price, not regime" in refusal(model, "regime")


@pytest.mark.parametrize("name", ["direction.pkl", "model.joblib", "weights.npy"])
def test_a_pickle_in_the_folder_is_refused_unread(model, name):
    (model / name).write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    assert f"{model / name} can run code when read: remove it" in refusal(model)


def test_a_file_that_the_manifest_does_not_name_is_refused(model):
    (model / "more.txt").write_text("tree")
    assert f"{model / 'more.txt'} is not named by its manifest" in refusal(model)


@pytest.fixture
def documented(model):
    (model / "card.md").write_text("# a model")
    (model / "reliability.svg").write_text("<svg/>")
    sign_model(model, own_key())
    return model


def test_card_and_plots_are_signed_with_the_model(documented):
    whole = read_whole(documented)
    assert set(whole["documents"]) == {"card.md", "reliability.svg"}
    assert set(read_artifact(documented, "price", NAMES, DEFINITION).files) == set(whole["files"])
    (documented / "card.md").unlink()
    assert "card.md is missing" in refusal(documented)
    with pytest.raises(ModelError, match=r"card\.md is missing"):
        read_whole(documented)


@pytest.mark.parametrize("name", ["card.md", "reliability.svg"])
def test_one_altered_bit_is_found_in_every_byte_of_a_document(documented, name):
    whole = (documented / name).read_bytes()
    for k in range(len(whole)):
        (documented / name).write_bytes(whole[:k] + bytes([whole[k] ^ 1]) + whole[k + 1 :])
        with pytest.raises(ModelError, match=rf"{name} is cut off or altered"):
            read_whole(documented)
        assert f"{name} is cut off or altered" in refusal(documented)


def test_a_plot_that_the_manifest_does_not_name_is_found(documented):
    (documented / "better.svg").write_text("<svg/>")
    with pytest.raises(ModelError, match=r"better\.svg is not named by its manifest"):
        read_whole(documented)


def test_a_manifest_from_before_documents_were_named_is_whole_and_signing_names_them(model):
    (model / "card.md").write_text("# a model")
    assert "documents" not in read_whole(model)
    sign_model(model, own_key())
    assert list(read_whole(model)["documents"]) == ["card.md"]


@pytest.mark.parametrize("name", ["card.pkl", "../card.md", "manifest.json"])
def test_a_document_is_of_a_harmless_kind_and_in_the_folder_itself(documented, name):
    content = json.loads((documented / "manifest.json").read_text())
    content["documents"][name] = "0" * 64
    (documented / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match=r"is none of \.md, \.svg, \.png"):
        sign_model(documented, own_key())


@pytest.mark.parametrize("name", ["direction.pkl", "../elsewhere.txt", "sub/trees.txt", "manifest.json"])
def test_only_files_of_harmless_kinds_in_the_folder_itself_can_be_a_models(home, tmp_path, name):
    with pytest.raises(ValueError, match="cannot be a model's file"):
        write_artifact(tmp_path / "price", manifest(), {name: "tree"})
    model = written(tmp_path / "price", own_key())
    content = json.loads((model / "manifest.json").read_text())
    content["files"][name] = "0" * 64
    (model / "manifest.json").write_text(json.dumps(content))
    (model / "manifest.sig").write_bytes(sign((model / "manifest.json").read_bytes(), own_key()))
    assert "is none of .txt, .safetensors, .json" in refusal(model)


def test_a_manifest_of_the_format_before_is_refused(model):
    content = json.loads((model / "manifest.json").read_text())
    (model / "manifest.json").write_text(json.dumps({**content, "format": 1}))
    assert "is of format 1, not 2" in refusal(model)


@pytest.mark.parametrize("directory", sorted(PRETRAINED.iterdir()), ids=lambda path: path.name)
def test_each_shipped_model_is_signed_by_the_project(directory):
    content = (directory / "manifest.json").read_bytes()
    assert verify(directory, content) == "the project"
    read = read_whole(directory)
    assert read["kind"] == directory.name
    assert set(read["documents"]) == {"card.md", *(plot.name for plot in directory.glob("*.svg"))}


def test_the_shipped_models_are_small():
    assert sum(path.stat().st_size for path in Path(PRETRAINED).rglob("*") if path.is_file()) < 15_000_000
