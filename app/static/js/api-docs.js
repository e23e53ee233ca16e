// The page of the API: Swagger over our own specification. No foreign validator, and a key pasted here is not kept.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: place.dataset.specification,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  persistAuthorization: false,
  deepLinking: false,
  defaultModelsExpandDepth: -1,
});
