// A photo of a notebook weighs eight megabytes on a telephone and says as much in one: it is made smaller before it leaves, where that
// gains something. What cannot be read here leaves as it is.
const HEAVY = 1_500_000, LONGEST = 2400, QUALITY = 0.85;
const KINDS = new Set(["image/jpeg", "image/png", "image/webp"]);

async function smaller(file) {
  if (!KINDS.has(file.type) || file.size <= HEAVY) return file;
  try {
    // Upright as the telephone held it.
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    const pen = canvas.getContext("2d");
    // A drawing may have no background.
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

/** The photos chosen in these fields, made smaller where they are. */
export async function shrink(fields) {
  for (const field of fields) {
    const files = [...field.files];
    const made = await Promise.all(files.map(smaller));
    if (made.every((file, rank) => file === files[rank])) continue;
    const kept = new DataTransfer();
    made.forEach((file) => kept.items.add(file));
    field.files = kept.files;
  }
}
