/** The multipart body that uploads a picture, as bytes, with its media type. */
export async function uploadBody(photo) {
  const form = new FormData();
  form.append('image', new Blob([photo]), 'photo.jpg');
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return { body: Buffer.from(await request.arrayBuffer()), type: request.headers.get('content-type') };
}
