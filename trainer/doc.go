// Package trainer trains networks whose weights take N integer levels, and measures them.
//
// # Quantisation-aware training
//
// The master weights W stay float32. Every pass uses the weights that the hardware will use, s·q, with the
// levels q and the layer's scale s of quant.Levels.Quantise. The gradient is straight-through:
//
//	∂L/∂W = ∂L/∂(s·q),   s taken as a constant
//
// In the paper's words the gradient passes q unchanged to Wn = W/m. Both say the same: q stands for
// α·h·Wn, and s·α·h = m, so s·q stands for m·Wn = W. Biases, patch encoders with their position embedding,
// normalisations and the loss are float32. Gradients are not lost where |x| is clipped.
//
// # Images
//
// A pixel p of 0 … 255 enters the network as x = (p − 128)/128, so the integer network sees the int8
// p − 128 with scale 1/128, and zero padding is a grey of 128.
//
// # Determinism
//
// The same Recipe, network, data and processor features give the same bytes, whatever the number of
// workers: batches are cut into fixed groups, whose gradients are added in a fixed order. The order of the
// pictures and their distortion are functions of the seed, the epoch and the picture's number, so a resumed
// run repeats an uninterrupted one to the last bit. What dropout drops is a function of the seed, the
// epoch, the step, the layer and the picture's position in the batch; outside of training it drops nothing.
package trainer
