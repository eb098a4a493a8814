"""What Pillow, OpenCV and TensorFlow make of small images, for tests/wrapper/kit.

pip install numpy pillow opencv-python-headless tensorflow-cpu
python dev/image-vectors.py > tests/wrapper/kit/image-vectors.json
"""
import base64
import io
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cv2
import numpy as np
import PIL
import tensorflow as tf
from PIL import Image, ImageOps

# Without the vector code of some processors, which rounds otherwise.
cv2.setUseOptimized(False)
random = np.random.default_rng(1)


def text(data) -> str:
    return base64.b64encode(data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()).decode()


def picture(width, height):
    y, x = np.mgrid[0:height, 0:width]
    waves = 127 + 120 * np.sin(x / 3) * np.cos(y / 5)
    return np.stack([waves, (x * 7 + y * 3) % 256, random.integers(0, 256, (height, width))], -1).astype(np.uint8)


def saved(image, format, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def decoded(name, data, mode="RGB"):
    image = Image.open(io.BytesIO(data)).convert(mode)
    return {"name": name, "file": text(data), "size": image.size, "mode": mode, "pixels": text(np.asarray(image))}


def jpegs():
    image = Image.fromarray(picture(37, 21))
    for subsampling, name in enumerate(["4:4:4", "4:2:2", "4:2:0"]):
        for progressive in (False, True):
            options = {"quality": 80, "subsampling": subsampling, "progressive": progressive}
            yield f"{name}{' progressive' if progressive else ''}", saved(image, "JPEG", **options)
    yield "restart markers", saved(image, "JPEG", quality=90, restart_marker_blocks=3)
    yield "fine", saved(image, "JPEG", quality=100, subsampling=2, optimize=True)
    yield "coarse", saved(image, "JPEG", quality=3)
    yield "RGB inside", saved(image, "JPEG", quality=90, keep_rgb=True)
    for width, height in [(1, 1), (2, 3), (3, 2), (5, 17)]:
        yield f"{width} × {height}", saved(Image.fromarray(picture(width, height)), "JPEG", quality=75)
    for sampling, name in [(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440, "4:4:0"), (cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411, "4:1:1")]:
        yield name, cv2.imencode(".jpg", picture(37, 21), [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling])[1].tobytes()


def pngs():
    rgb = Image.fromarray(picture(11, 7))
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(random.integers(0, 256, (7, 11)).astype(np.uint8)))
    yield "RGB", saved(rgb, "PNG")
    yield "RGBA", saved(rgba, "PNG")
    yield "grey", saved(rgb.convert("L"), "PNG")
    yield "grey with alpha", saved(rgba.convert("LA"), "PNG")
    yield "one bit", saved(rgb.convert("1"), "PNG")
    yield "palette of 3", saved(rgb.quantize(3), "PNG")
    yield "palette of 200", saved(rgb.quantize(200), "PNG")
    yield "a transparent colour", saved(rgb, "PNG", transparency=tuple(int(v) for v in rgb.getpixel((3, 3))))
    deep = (picture(11, 7).astype(np.uint16) << 8) | random.integers(0, 256, (7, 11, 3)).astype(np.uint16)
    yield "16 bits", cv2.imencode(".png", deep)[1].tobytes()


def turned():
    image = Image.fromarray(picture(16, 8))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = saved(image, "JPEG", quality=95, exif=exif)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        yield {"orientation": orientation, "file": text(data), "size": upright.size, "pixels": text(np.asarray(upright))}


pillow = {
    "nearest": Image.Resampling.NEAREST,
    "area": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}
opencv = {"nearest": cv2.INTER_NEAREST, "area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
sizes = [(7, 5, 14, 10), (12, 8, 6, 4), (12, 9, 4, 3), (16, 11, 7, 5), (9, 7, 20, 15), (12, 10, 5, 13), (5, 9, 11, 3), (2, 2, 5, 5), (1, 5, 3, 2)]


def resized():
    for width, height, to_width, to_height in sizes:
        source = random.integers(0, 256, (height, width, 3)).astype(np.uint8)
        # Edges make the most of an overshoot.
        if width == 16:
            source = (source > 127).astype(np.uint8) * 255
        image = Image.fromarray(source)
        size = (to_width, to_height)
        results = []
        for filter, code in pillow.items():
            # Across first, then down: Image.resize up to Pillow 12.
            rows_first = image.resize((to_width, height), code).resize(size, code)
            results.append({"like": "pil", "filter": filter, "pixels": text(np.asarray(rows_first))})
            results.append({"like": "pil-13", "filter": filter, "pixels": text(np.asarray(image.resize(size, code)))})
        for filter, code in opencv.items():
            results.append({"like": "opencv", "filter": filter, "pixels": text(cv2.resize(source, size, interpolation=code))})
        for filter in pillow:
            for antialias in (False, True) if filter in ("bilinear", "bicubic", "lanczos3") else (False,):
                out = tf.image.resize(source, (to_height, to_width), method=filter, antialias=antialias)
                floats = text(tf.cast(out, tf.float32).numpy())
                results.append({"like": "tensorflow", "filter": filter, "antialias": antialias, "floats": floats})
        yield {"from": (width, height), "to": size, "source": text(source), "results": results}


def resized_with_alpha():
    source = random.integers(0, 256, (9, 12, 4)).astype(np.uint8)
    source[2:5, 3:6, 3] = 0
    image = Image.fromarray(source)
    return {"from": image.size, "to": (5, 7), "source": text(source), "pixels": text(np.asarray(image.resize((5, 7), Image.Resampling.BICUBIC)))}


def grey():
    source = picture(16, 16)
    return {
        "source": text(source),
        "pil": text(np.asarray(Image.fromarray(source).convert("L"))),
        "opencv": text(cv2.cvtColor(source, cv2.COLOR_RGB2GRAY)),
    }


print(
    json.dumps(
        {
            "versions": {"pillow": PIL.__version__, "opencv": cv2.__version__, "tensorflow": tf.__version__},
            "jpegs": [decoded(name, data) for name, data in jpegs()] + [decoded("grey", saved(Image.fromarray(picture(19, 10)).convert("L"), "JPEG"), "L")],
            "pngs": [decoded(name, data) for name, data in pngs()],
            "turned": list(turned()),
            "resized": list(resized()),
            "withAlpha": resized_with_alpha(),
            "grey": grey(),
        },
        indent=1,
    )
)
