"""Trains a variant as a plain script does, as a yardstick; it shares only the table of variants.

Images come from `ImageFolder` and `DataLoader` and are decoded anew each epoch; ReLU stands before
pooling; one run uses all cores.

    python benchmarks/plain.py three-conv --seed 1 --epochs 2
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import click
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from xo.variants import VARIANTS, Variant

TRANSFORM = transforms.Compose([transforms.ToTensor(), transforms.Grayscale(1)])


def network(variant: Variant, image: Tensor, classes: int) -> nn.Sequential:
    """Convolutions and dense layers of `variant` for images like `image` (1, 1, H, W)."""
    layers: list[nn.Module] = []
    width = 1
    for channels, kernel in zip(variant.channels, variant.kernel_sizes):
        pool = (
            [nn.Conv2d(channels, channels, 2, stride=2, groups=channels)]
            if variant.pool == "trained"
            else []
        )
        layers += [nn.Conv2d(width, channels, kernel), *(pool if kernel > 1 else []), nn.ReLU()]
        layers += [nn.MaxPool2d(2, 2)] if variant.pool == "max" and kernel > 1 else []
        width = channels
    layers.append(nn.Flatten())
    width = nn.Sequential(*layers)(image).shape[1]
    for hidden in variant.dense:
        layers += [nn.Linear(width, hidden), nn.ReLU()]
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, classes))


def train(variant: Variant, root: Path, seed: int) -> tuple[list[float], float]:
    """The mean loss of every epoch, and the accuracy on the test images as a fraction."""
    torch.manual_seed(seed)
    wrong_folder = variant.labels == "split"
    training = ImageFolder(root if wrong_folder else root / "train", TRANSFORM)
    testing = ImageFolder(root if wrong_folder else root / "test", TRANSFORM)
    loader = DataLoader(training, batch_size=variant.batch_size, shuffle=True)
    net = network(variant, training[0][0][None], len(training.classes))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=variant.lr)
    losses = []
    for _ in range(variant.epochs):
        total = 0.0
        for images, labels in loader:
            loss = criterion(net(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(loader))
    with torch.no_grad():
        right = sum(
            (net(images).argmax(1) == labels).sum().item()
            for images, labels in DataLoader(testing, batch_size=variant.batch_size)
        )
    return losses, right / len(testing)


@click.command()
@click.argument("name", metavar="VARIANT", type=click.Choice(list(VARIANTS)))
@click.option("--seed", default=0, show_default=True)
@click.option(
    "--epochs", type=click.IntRange(1), help="As many as the variant's row says, unless given."
)
@click.option(
    "--data",
    "root",
    default="data/xo",
    show_default=True,
    type=click.Path(exists=True, path_type=Path),
)
def main(name: str, seed: int, epochs: int | None, root: Path) -> None:
    variant = VARIANTS[name]
    variant = dataclasses.replace(variant, epochs=epochs or variant.epochs)
    started = time.perf_counter()
    losses, accuracy = train(variant, root, seed)
    print(
        f"{name}, seed {seed}: mean loss by epoch {' '.join(f'{loss:.3f}' for loss in losses)}; "
        f"test accuracy {accuracy:.1%}; {time.perf_counter() - started:.1f} s "
        f"on {torch.get_num_threads()} threads"
    )


if __name__ == "__main__":
    main()
