/** Makes pictures that few can open into ones that all can: whatever this browser shows, a canvas can pack as JPEG. */

/** The server makes larger ones smaller anyway, and phones have little memory for a canvas. */
const MOST_PIXELS = 12_000_000;
const QUALITY = 0.88;

/** The picture as JPEG, or null where this browser cannot open it. */
export async function translated(file: File): Promise<File | null> {
  const address = URL.createObjectURL(file);
  try {
    const packed = await jpegOf(await shown(address));
    return packed === null ? null : new File([packed], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function shown(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("This browser does not know such pictures."));
    image.src = address;
  });
}

function jpegOf(image: HTMLImageElement): Promise<Blob | null> {
  const { naturalWidth: width, naturalHeight: height } = image;
  const part = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * part), Math.round(height * part)];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
