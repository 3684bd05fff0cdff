"""The lab: its numbers are PyTorch's, and what a reader draws, chooses and sends works."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, Route, expect
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_torch_file

from report_builder.results.shipped_networks import as_file, quantised_network
from xo.data.generate import draw
from xo.network.evaluate import as_input
from xo.network.model import Net, untrained_network
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

from .conftest import NARROW, WIDE, Served
from .test_browser import SHIFT, barriers

SIZE = (116, 116)  # of the images
CONCEPTS = ("local", "sharing", "pooling", "fcn", "levels", "channels", "one-by-one")  # C1 to C7
EVERY = 53  # of a layer's values, one in so many is compared, from the first on
TOLERANCE = 1e-4
SHARE = 1e-3  # of the largest logit, or of 1, by which dense weights of one byte may move a logit
TIE = 1e-5  # two logits nearer than that: float32 leaves open which is larger
# Beside `features`, one of each kind of step.
ALSO = ("baseline", "trained-pooling", "one-by-one", "global-average")
# A small mark as lengths of runs, paper first: few patches to cover.
SMALL = (6000, 5, 111, 5, 111, 5, 7219)
COMPUTE = """async ([root, names, images, size, every]) => {
  const network = await import(`${root}assets/lab/engine/network.js`);
  const backward = await import(`${root}assets/lab/engine/backward.js`);
  const { slide } = await import(`${root}assets/lab/engine/fully_convolutional.js`);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt());
  const base64 = (numbers) => btoa(Array.from(new Uint8Array(Float32Array.from(numbers).buffer),
    (byte) => String.fromCharCode(byte)).join(""));
  const found = {};
  for (const [name, count] of Object.entries(names)) {
    const address = `${root}assets/lab/networks/${name}/network.safetensors`;
    const net = network.readNetwork(await (await fetch(address)).arrayBuffer());
    found[name] = { images: images.slice(0, count).map((image) => Object.fromEntries(
      network.passage(net, bytes(image), size).map(({ name, values }) =>
        [name, base64(values.filter((_, k) => k % every === 0))]))) };
    const steps = network.passage(net, bytes(images[0]), size);
    found[name].gradient = base64(backward.gradients(net, steps, 1).input);
    const [height, width] = size, window = bytes(images[0]), wide = width + 16;
    const canvas = new Uint8Array(height * wide).fill(255);
    for (let y = 0; y < height; y++) {
      canvas.set(window.subarray(y * width, (y + 1) * width), y * wide + 8);
    }
    const map = slide(net, canvas, [height, wide], size, 255);
    const alone = network.judge(net, window, size);
    found[name].slid = [Array.from(map.values), map.shape, map.stride, alone];
  }
  return found;
}"""

JUDGE = """async ([root, names, packed, size]) => {
  const { passage, readNetwork } = await import(`${root}assets/lab/engine/network.js`);
  const bits = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt());
  const pixels = size[0] * size[1];
  const images = Array.from({ length: Math.floor((8 * bits.length) / pixels) }, (_, image) =>
    Uint8Array.from({ length: pixels }, (_, k) => {
      const at = image * pixels + k;
      return bits[at >> 3] & (128 >> (at & 7)) ? 255 : 0;
    }));
  const found = {};
  for (const name of names) {
    const address = `${root}assets/lab/networks/${name}/network.safetensors`;
    const net = readNetwork(await (await fetch(address)).arrayBuffer());
    found[name] = images.map((image) => [...passage(net, image, size).at(-1).values]);
  }
  return found;
}"""

PASSAGE_IN_COLOR = """async ([root, bytes, size]) => {
  const network = await import(`${root}assets/lab/engine/network.js`);
  const base64 = (numbers) => btoa(Array.from(new Uint8Array(Float32Array.from(numbers).buffer),
    (byte) => String.fromCharCode(byte)).join(""));
  const address = `${root}assets/lab/networks/features/network.safetensors`;
  const net = network.readNetwork(await (await fetch(address)).arrayBuffer());
  const image = Uint32Array.from({ length: bytes.length / 3 },
    (_, k) => (bytes[3 * k] << 16) | (bytes[3 * k + 1] << 8) | bytes[3 * k + 2]);
  return Object.fromEntries(network.passage(net, image, size)
    .map(({ name, values }) => [name, base64(values)]));
}"""

TOO_SMALL = """root => [...root.querySelectorAll("button, input, select, summary, [tabindex='0']")]
  .filter((control) => control.getClientRects().length)
  .map((control) => [control, (control.closest("label") ?? control).getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 24 || height < 24)
  .map(([control]) => control.outerHTML.slice(0, 100))"""
# A picture twice as wide as high, black at its left and white at its right.
GIVE_A_RAMP = """async (how) => {
  const canvas = new OffscreenCanvas(400, 200), context = canvas.getContext("2d");
  for (let x = 0; x < 400; x++) {
    context.fillStyle = `rgb(${Array(3).fill(Math.floor((x * 256) / 400))})`;
    context.fillRect(x, 0, 1, 200);
  }
  const given = new DataTransfer();
  given.items.add(new File([await canvas.convertToBlob()], "ramp.png", { type: "image/png" }));
  const pad = document.querySelector("[data-part='pad']");
  pad.dispatchEvent(how === "drop"
    ? new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: given, bubbles: true }));
}"""
INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((part, k) => k % 4 === 0 && part === 0).length / (data.length / 4);
}"""


def data(page: Page, widget: str = "lab") -> dict[str, Any]:
    found = page.locator(f"#widget-{widget} script[type='application/json']")
    return json.loads(found.inner_text())


def part(page: Page, name: str):
    return page.locator(f"#widget-lab [data-part='{name}']")


def in_pytorch(site: Path, name: str, size: tuple[int, int]) -> Net:
    """The network as the site has it: the bytes of its dense weights times their scales."""
    arrays = load_file(site / f"assets/lab/networks/{name}/network.safetensors")
    net = Net(VARIANTS[name], size, len(arrays["logits.biases"]))
    layers = [f"dense{k}" for k in range(1, len(net.dense))] + ["logits"]
    with torch.no_grad():
        for layer, module in zip(layers, net.dense, strict=True):
            weights = arrays[f"{layer}.weights"] * arrays[f"{layer}.scales"][:, None]
            module.weight.copy_(torch.from_numpy(weights))
            module.bias.copy_(torch.from_numpy(arrays[f"{layer}.biases"]))
        for kind, modules in (("conv", net.conv), ("pool", net.pool)):
            for k, module in enumerate(modules, 1):
                if f"{kind}{k}.kernels" in arrays:
                    module.weight.copy_(torch.from_numpy(arrays[f"{kind}{k}.kernels"]))
                    module.bias.copy_(torch.from_numpy(arrays[f"{kind}{k}.biases"]))
    return net.eval()


def some_images(smoke: Path, size: tuple[int, int]) -> np.ndarray:
    """Test images of the study, 20 at most, and five drawings."""
    (file,) = smoke.glob("runs/.data/images-*/test.npy") or [None]
    images = np.load(file)[:: max(1, len(np.load(file, mmap_mode="r")) // 20)][:20]
    rows, columns = np.mgrid[: size[0], : size[1]] / np.array(size)[:, None, None] - 0.5
    inks = (
        np.zeros(size, bool),
        abs(np.hypot(rows, columns) - 0.3) < 0.02,
        (abs(rows - columns) < 0.03) | (abs(rows + columns) < 0.03),
        abs(rows) < 0.05,
        np.random.default_rng(0).random(size) < 0.5,
    )
    return np.concatenate([images, [np.where(ink, 0, 255).astype(np.uint8) for ink in inks]])


def address_of(runs: tuple[int, ...]) -> str:
    """As docs/assets/lab/drawing.js writes a drawing: base 32, low digits first."""
    assert sum(runs) == SIZE[0] * SIZE[1]
    digits, text = "0123456789abcdefghijklmnopqrstuv", ""
    for rest in runs:
        while rest >= 32:
            rest, digit = divmod(rest, 32)
            text += f"-{digits[digit]}"
        text += digits[rest]
    return text


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.float32)


def test_every_layer_every_gradient_and_every_window_is_as_pytorch_computes_it(
    page: Page, smoke: Path, site: Served
):
    page.goto("404.html")
    images = some_images(smoke, SIZE)
    counts = {"features": len(images)} | dict.fromkeys(ALSO, 4)
    chosen = np.concatenate([images[-4:], images[:-4]])
    asked = [base64.b64encode(image.tobytes()).decode() for image in chosen]
    found = page.evaluate(COMPUTE, [site.address, counts, asked, SIZE, EVERY])
    for name, count in counts.items():
        net = in_pytorch(site.folder, name, SIZE)
        x = as_input(torch.from_numpy(chosen[:count].copy())).requires_grad_()
        steps = dict(net.feature_steps(x))
        steps |= net.head_steps(list(steps.values())[-1].flatten(1))
        (gradient,) = torch.autograd.grad(steps["logits"][0, 1], x)
        for layer, values in steps.items():
            expected = values.detach().contiguous().flatten(1)[:, ::EVERY].numpy()
            got = np.array([decoded(image[layer]) for image in found[name]["images"]])
            np.testing.assert_allclose(got, expected, atol=TOLERANCE, err_msg=f"{name} {layer}")
        got = decoded(found[name]["gradient"])
        np.testing.assert_allclose(got, gradient[0].flatten().numpy(), atol=TOLERANCE)
        values, (classes, _, columns), stride, alone = found[name]["slid"]
        slid = np.array(values).reshape(classes, -1)
        np.testing.assert_allclose(slid[:, 8 // stride], alone, atol=TOLERANCE)
        assert columns == 16 // stride + 1


def test_every_concept_links_to_what_the_lab_has_of_it():
    for language in ("zh", "en"):
        linked = {}
        for file in (ROOT / f"docs/{language}/concepts").glob("*.md"):
            for query in re.findall(r"\(\.\./lab\.md\?([^)]*)\)", file.read_text(encoding="utf-8")):
                linked[file.stem] = dict(parse_qsl(query, strict_parsing=True))
        assert {*CONCEPTS} <= linked.keys()
        for name, asked in linked.items():
            blocks = len(VARIANTS[asked.get("v", "features")].channels)
            assert asked.keys() <= set("dtvlus"), name
            assert re.fullmatch(f"(conv|pool|relu)[1-{blocks}]", asked.get("l", "conv1")), name
            assert asked["s"] in ("inside", "why", "replay", "fcn"), name


@pytest.mark.parametrize("late", ["lab/lab.css", "lab/main.js", "lab/engine/network.js"])
def test_nothing_moves_when_a_part_of_the_lab_comes_late(page: Page, late: str):
    def wait(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route(f"**/{late}", wait)
    page.goto("lab/")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"), timeout=30_000)
    assert page.evaluate(SHIFT) <= 0.05


def test_each_link_from_a_concept_opens_the_lab_where_it_is_shown(page: Page):
    """Network, layer and section; from the window of C1, the place that it was moved to."""
    in_view = """section => {
      const { top, bottom } = section.getBoundingClientRect();
      return top < innerHeight / 2 && bottom > innerHeight / 2;
    }"""
    for name in CONCEPTS:
        page.goto(f"en/concepts/{name}/")
        place = ""
        if name == "local":
            page.locator("#widget-stepper [data-part='home']").click()
            page.locator("#widget-stepper [data-part='right']").click()
            place = f"channel {data(page, 'stepper')['layers'][0]['channel'] + 1}, row 0, column 1"
        link = page.locator("article a[href*='lab/?']")
        asked = dict(parse_qsl(urlsplit(link.get_attribute("href")).query))
        link.click()
        expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"), timeout=30_000)
        expect(part(page, "network-choice")).to_have_value(asked.get("v", "features"))
        expect(part(page, "layer-choice")).to_have_value(asked.get("l", "conv1"))
        expect(part(page, "unit")).to_contain_text(place)
        section = part(page, asked["s"])
        page.wait_for_function(f"section => ({in_view})(section)", arg=section.element_handle())
        if name == "sharing":
            shown = part(page, "right").locator("input")
            expect(shown).to_have_value(asked["t"].partition(".")[0])


def test_weights_of_one_byte_change_no_answer_on_the_test_images(
    page: Page, smoke: Path, site: Served
):
    """All of the embedded data set, which the networks of the smoke study have seen little of."""
    page.goto("lab/")
    networks = data(page)["networks"]
    assert {"features", *ALSO} <= networks.keys()
    images = np.array([image for path, image in draw() if path.startswith("test/")])
    assert images.shape == (300, *SIZE)
    packed = base64.b64encode(np.packbits(images > 0).tobytes()).decode()
    found = page.evaluate(JUDGE, [site.address, list(networks), packed, SIZE])
    for name, network in networks.items():
        (weights,) = smoke.glob(f"runs/{name}/*/weights.safetensors")
        net = Net(VARIANTS[name], SIZE, 2)
        net.load_state_dict(load_torch_file(weights))
        with torch.inference_mode():
            batches = as_input(torch.from_numpy(images)).split(50)
            expected = torch.cat([net(batch) for batch in batches]).numpy()
        got = np.array(found[name])
        bound = SHARE * max(1, abs(expected).max())
        np.testing.assert_allclose(got, expected, rtol=0, atol=bound, err_msg=name)
        clear = abs(np.diff(expected)[:, 0]) > TIE
        assert clear.sum() > 290, name
        assert (got.argmax(1) == expected.argmax(1))[clear].all(), name
        assert network["same_class"] == network["test_images"], name
        assert network["largest_difference"] < 0.01, name


def test_the_first_answer_takes_at_most_700_kilobytes_of_the_lab(page: Page, site: Served):
    """The page, its code and weights, the latter as they are: nothing makes them smaller."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path))
    page.goto("en/lab/")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    base = urlsplit(site.address).path
    own = {path.removeprefix(base) for path in asked if "/lab/" in path or "/widgets/" in path}
    files = [
        site.folder / name / ("index.html" if name.endswith("/") else "") for name in sorted(own)
    ]
    assert any(file.suffix == ".safetensors" for file in files)
    sent = [
        file.stat().st_size
        if file.suffix == ".safetensors"
        else len(gzip.compress(file.read_bytes()))
        for file in files
    ]
    assert 500_000 < sum(sent) <= 700_000


def test_a_drawing_is_judged_by_every_network_and_its_address_brings_it_back(page: Page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("lab/?d=half&v=three-conv&l=conv2&u=1.3.5")
    value = part(page, "unit-value")
    expect(value).to_have_text(re.compile(r"\d"))
    expect(part(page, "unit")).to_contain_text("conv2 第 2 通道第 3 行第 5 列")
    expect(part(page, "total")).to_have_text(value.inner_text())
    before = part(page, "unit").inner_text()
    part(page, "maps").locator("canvas").hover(position={"x": 20, "y": 20})
    expect(part(page, "unit")).to_contain_text("conv2 第 1 通道")
    page.mouse.move(0, 0)
    expect(part(page, "unit")).to_have_text(re.compile(re.escape(before.splitlines()[0])))
    part(page, "outside").click()
    expect(part(page, "outside-found")).to_contain_text(value.inner_text())
    expect(part(page, "outside-found")).to_contain_text("没有动")
    for name in data(page)["networks"]:  # 700 KB, and the one that is chosen
        loaded = name in ("features", "three-conv", "global-average")
        expected = re.compile(r"\d\xa0%" if loaded else "载入（")
        expect(part(page, f"answer-{name}")).to_have_text(expected)
    part(page, "answer-baseline").locator("button").click()
    expect(part(page, "answer-baseline")).to_have_text(re.compile(r"\d\xa0%"))

    canvas = part(page, "drawing").locator("canvas")
    half = canvas.evaluate("canvas => canvas.toDataURL()")
    part(page, "pad").focus()
    for key in ("Home", "Space", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    drawn = canvas.evaluate("canvas => canvas.toDataURL()")
    assert drawn != half
    part(page, "undo").click()
    assert canvas.evaluate("canvas => canvas.toDataURL()") == half
    part(page, "redo").click()
    assert canvas.evaluate("canvas => canvas.toDataURL()") == drawn
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    page.mouse.up()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != drawn
    part(page, "undo").click()
    assert canvas.evaluate("canvas => canvas.toDataURL()") == drawn
    part(page, "right").locator("input").press("ArrowRight")
    moved = canvas.evaluate("canvas => canvas.toDataURL()")
    assert moved != drawn
    page.wait_for_function("location.hash.includes('t=1.0.0.100')")
    assert urlsplit(page.url).query == ""  # so that no server is told of a drawing
    sent = page.url
    logo = str(ROOT / "docs/assets/favicon.png")
    part(page, "file").set_input_files(logo)
    expect(part(page, "threshold-row")).to_be_visible()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != moved
    page.wait_for_function("sent => location.href !== sent", arg=sent)
    page.goto(sent)  # the same page with another fragment
    expect(part(page, "threshold-row")).to_be_hidden()
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    assert canvas.evaluate("canvas => canvas.toDataURL()") == moved
    with page.expect_navigation():
        page.locator(".md-select__link[hreflang=en]").dispatch_event("click")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    assert canvas.evaluate("canvas => canvas.toDataURL()") == moved
    assert said == []


def test_in_color_every_layer_is_as_pytorch_computes_it_and_the_pad_draws_in_color(
    page: Page, site: Served
):
    """A small network of three channels in the place of one of the build's."""
    variant = replace(VARIANTS["features"], dense=(40, 12))
    net = untrained_network(variant, SIZE, 2, seed=1, in_channels=3).eval()
    weights = {key: values.numpy() for key, values in net.state_dict().items()}
    arrays = quantised_network(weights, variant)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 16, (2, *SIZE, 3), np.uint8)
    images[:, 20:100, 20:100] = rng.integers(0, 16, (2, 1, 1, 3))
    ground = 0x3366CC

    def colored(content: dict[str, Any]) -> dict[str, Any]:
        networks = {"features": {**content["networks"]["features"], "epochs": 0}}
        examples = [
            {"label": k, "rows": ["".join(f"{shade:x}" for shade in row.ravel()) for row in image]}
            for k, image in enumerate(images)
        ]
        changes = {"networks": networks, "channels": 3, "background": ground, "replay": None}
        return {**content, **changes, "examples": examples}

    def page_in_color(route: Route) -> None:
        before, tag, rest = route.fetch().text().partition('<script type="application/json">')
        found, end, after = rest.partition("</script>")
        body = f"{before}{tag}{json.dumps(colored(json.loads(found)))}{end}{after}"
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(re.compile(r"/lab/(\?|$)"), page_in_color)
    file = as_file(arrays, variant)
    page.route("**/features/network.safetensors", lambda route: route.fulfill(body=file))
    page.goto("en/lab/?d=e0&l=conv1&u=2.15.15")
    expect(part(page, "answer-features")).to_have_text(re.compile(r"\d\xa0%"))
    found = page.evaluate(PASSAGE_IN_COLOR, [site.address, (17 * images[0]).ravel().tolist(), SIZE])
    x = as_input(torch.from_numpy(17 * images[:1]))
    with torch.inference_mode():
        steps = dict(net.feature_steps(x))
        steps |= net.head_steps(list(steps.values())[-1].flatten(1))
    for layer, values in steps.items():
        atol = TOLERANCE if layer in dict(net.feature_steps(x)) else 1e-2  # bytes after these
        expected = values.contiguous().flatten().numpy()
        np.testing.assert_allclose(decoded(found[layer]), expected, atol=atol, err_msg=layer)
    expect(part(page, "terms").locator(".xo-lab-part")).to_have_count(3)
    expect(part(page, "terms")).to_contain_text(re.compile("red.*green.*blue", re.DOTALL))
    expect(part(page, "total")).to_have_text(part(page, "unit-value").inner_text())

    pixel = """canvas => [...canvas.getContext("2d").getImageData(58, 58, 1, 1).data]"""
    canvas = part(page, "drawing").locator("canvas")
    shown = [17 * int(shade) for shade in images[0, 58, 58]]
    assert canvas.evaluate(pixel) == [*shown, 255]
    part(page, "clear").click()
    assert canvas.evaluate(pixel) == [0x33, 0x66, 0xCC, 255]
    part(page, "color").fill("#ff8000")
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert canvas.evaluate(pixel) == [255, 128, 0, 255]
    page.wait_for_function("location.hash.includes('ff8000')")
    sent = page.url
    part(page, "outside").click()
    expect(part(page, "outside-found")).to_contain_text("it has not moved")
    for button, answer in (("explain", "explained"), ("flip", "flipped")):
        part(page, button).click()
        expect(part(page, answer)).to_contain_text(re.compile("patch|edit"), timeout=30_000)
    page.goto("about:blank")
    page.goto(sent)
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    assert canvas.evaluate(pixel) == [255, 128, 0, 255]


def test_it_explains_an_answer_replays_training_and_slides_over_a_canvas(page: Page):
    page.goto(f"en/lab/?d=r{address_of(SMALL)}")
    part(page, "fcn").scroll_into_view_if_needed()
    expect(part(page, "slid")).to_contain_text("highest probability", timeout=30_000)
    part(page, "explain").click()
    expect(part(page, "explained")).to_contain_text("Covering one patch", timeout=30_000)
    part(page, "flip").click()
    expect(part(page, "flipped")).to_contain_text(re.compile("edit"), timeout=30_000)
    part(page, "replay-start").click()
    expect(part(page, "replayed")).to_contain_text("After 2 epochs")
    kernels = part(page, "replay-kernels").locator("canvas")
    last = kernels.evaluate("canvas => canvas.toDataURL()")
    part(page, "epoch").locator("input").press("Home")
    expect(part(page, "replayed")).to_contain_text("Nothing is trained yet")
    assert kernels.evaluate("canvas => canvas.toDataURL()") != last
    heat = part(page, "heat").locator("canvas")
    before = heat.evaluate("canvas => canvas.toDataURL()")
    part(page, "sliding").press("Shift+ArrowRight")
    assert heat.evaluate("canvas => canvas.toDataURL()") != before


def test_the_lab_has_no_barrier_and_fits_a_phone(page: Page):
    page.goto("en/lab/")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    layer = part(page, "layer-choice").input_value()
    part(page, "layer-choice").select_option("dense1")
    expect(part(page, "terms").locator("th")).to_have_text(["Input", "Value", "Weights", "Product"])
    for width in (320, 375, 768, 1280, 1920):
        page.set_viewport_size({**NARROW, "width": width})
        fits = "width => document.documentElement.scrollWidth <= width"
        page.wait_for_function(fits, arg=width)  # the theme moves its navigation away
        assert page.locator("#widget-lab .xo-widget").evaluate(TOO_SMALL) == [], width
    page.set_viewport_size(WIDE)
    part(page, "layer-choice").select_option(layer)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert barriers(page, "#widget-lab") == [], scheme


def test_with_forced_colors_frames_numbers_and_scales_still_show_and_nothing_moves(
    browser: Browser, site: Served
):
    context = browser.new_context(
        forced_colors="active", reduced_motion="reduce", base_url=site.address
    )
    page = context.new_page()
    page.goto("lab/?l=conv2")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    for frame in ("seen", "maps"):
        style = "frame => getComputedStyle(frame).outlineStyle"
        assert part(page, frame).locator("i").evaluate(style) == "solid"
    for colored, style in ((".xo-scale b", "backgroundImage"), (".xo-cells td", "backgroundColor")):
        of_first = part(page, "inside").locator(colored).first
        assert of_first.evaluate(f"cell => getComputedStyle(cell).{style}") == of_first.evaluate(
            f"cell => cell.style.{style}"
        )
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_a_file_is_brought_to_size_and_its_threshold_stands_in_view(page: Page):
    page.goto("en/lab/")
    canvas = part(page, "drawing").locator("canvas")
    expect(part(page, "unit-value")).to_have_text(re.compile(r"\d"))
    for how in ("drop", "paste"):
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(GIVE_A_RAMP, how)
        expect(part(page, "threshold-row")).to_be_in_viewport()
        ink = canvas.evaluate(INK)
        assert ink == pytest.approx(0.25, abs=0.02), how  # half of its half of the pad
        slider = part(page, "threshold").locator("input")
        half = slider.input_value()
        slider.fill("64")
        assert canvas.evaluate(INK) == pytest.approx(0.125, abs=0.02)
        part(page, "undo").click()
        assert canvas.evaluate(INK) == pytest.approx(0.25, abs=0.02)
        slider.fill(half)
        part(page, "shape-x").click()
        expect(part(page, "threshold-row")).to_be_hidden()


def test_weights_that_fail_to_load_and_a_page_without_scripts_leave_a_line_and_the_figure(
    page: Page, browser: Browser, site: Served, smoke: Path
):
    page.route("**/*.safetensors", lambda route: route.abort())
    page.goto("lab/")
    expect(part(page, "answer")).to_contain_text("没有载入")
    expect(part(page, "answer-features").locator("button")).to_be_visible()
    context = browser.new_context(java_script_enabled=False, base_url=site.address)
    plain = context.new_page()
    plain.goto("lab/")
    expect(plain.locator("#widget-lab .xo-still img").first).to_be_visible()
    context.close()
    file = browser.new_page()
    file.goto((smoke / "site/lab/index.html").as_uri())
    expect(file.locator("#widget-lab .xo-apology")).to_contain_text("python -m http.server")
    expect(file.locator("#widget-lab .xo-still img").first).to_be_visible()
    file.close()
